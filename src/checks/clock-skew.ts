import type { ClockReading } from '../ports/kafka-cluster.ts';
import { pass, skip, some, warn, type Check } from './check.ts';
import type { Observation } from './observation.ts';
import { counted } from '../shared/counted.ts';

/** Ages that gwctl shows (lag, heartbeats, leases) are wrong by this much; a lease has a margin of 5 s. */
const ALLOWED_MS = 2000;

/** Ages and leases compare clocks of several machines. */
export const clockSkew: Check = {
  id: 'clock-skew',
  title: 'the clocks of nodes, clusters and this machine agree',
  run: (seen) => {
    const clocks = readings(seen).map(({ name, reading }) => ({ name, skewMs: skewOf(reading) }));
    if (clocks.length === 0) return skip('nobody tells the time');
    const wrong = clocks.filter(({ skewMs }) => Math.abs(skewMs) > ALLOWED_MS);
    const furthest = clocks.reduce((most, { skewMs }) => Math.max(most, Math.abs(skewMs)), 0);
    if (wrong.length === 0) return pass(`${counted(clocks.length, 'clock')}, ${furthest < 50 ? 'no difference' : `${(furthest / 1000).toFixed(1)} s apart`}`);
    const list = wrong.map(({ name, skewMs }) => `${name} is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine`);
    return warn(`${some(list)} (allowed: ${ALLOWED_MS / 1000} s)`, 'lag and ages are wrong by as much, and so is how long a lease lasts: let NTP set these clocks, or this machine\'s if all differ');
  },
};

function readings({ nodes, details }: Observation): { name: string; reading: ClockReading }[] {
  const ofNodes = nodes.flatMap(({ name, state, asked }) => (state.ok && asked !== undefined && state.value.now !== undefined ? [{ name, reading: { shownMs: Date.parse(state.value.now), ...asked } }] : []));
  const ofClusters = [...(details?.clusters ?? [])].flatMap(([name, seen]) => (seen.ok && seen.value.clock !== undefined ? [{ name, reading: seen.value.clock }] : []));
  return [...ofNodes, ...ofClusters];
}

/** How far it is off at least: it may have been read at any moment between question and answer. */
function skewOf({ shownMs, beforeMs, afterMs }: ClockReading): number {
  if (shownMs < beforeMs) return shownMs - beforeMs;
  return shownMs > afterMs ? shownMs - afterMs : 0;
}
