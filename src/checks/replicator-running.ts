import { parseTakeoverHold } from '../shared/takeover-hold.ts';
import { fail, pass, skip, some, warn, type Check } from './check.ts';

/** Heartbeats come every second; older than this and MirrorMaker may be running, but it copies nothing. */
const STALE_HEARTBEAT_MS = 15_000;
/** MirrorMaker restarts its task whenever it finds a new topic. One that was stopped looks the same, until its heartbeats are stale. */
const ON_THE_WAY: ReadonlySet<string> = new Set(['UNASSIGNED', 'RESTARTING']);

export const replicatorRunning: Check = {
  id: 'replicator-running',
  title: 'MirrorMaker replicates to the target',
  run: ({ active, to, link, replicator, at, replicatorHeld, resumesTakeover }) => {
    if (active === undefined) return skip('no gateway node says which cluster is active');
    if (active === to) return pass(`${to} is active already: nothing has to be replicated`);
    if (link === undefined || replicator === undefined) {
      return fail(`nothing replicates ${active}->${to}: what was written on ${active} is missing on ${to}`, `a link ${active}->${to} would have to start behind what ${to} already has: one that starts at the beginning copies everything twice. gwctl cannot set that up yet`);
    }
    if (resumesTakeover === true) return pass(`${link.name}: ${replicatorHeld ?? 'it is held'}, and ended; this run goes on from there`);
    if (replicatorHeld !== undefined) return fail(`${link.name} is off: ${replicatorHeld}`, parseTakeoverHold(replicatorHeld) === undefined ? 'MirrorMaker starts again when whoever holds it lets it go' : 'if that run has ended, `gwctl resume` goes on with its switch, and `gwctl rollback` starts MirrorMaker again, as `gwctl up` does');
    if (!replicator.ok) return fail(`${link.name}: ${replicator.why}`, 'look at the log of mirror-maker, and run `gwctl up` again');
    const { connectors, lastHeartbeat } = replicator.value;
    const source = connectors.filter(({ name }) => name.startsWith('MirrorSourceConnector'));
    if (source.length < 2) return fail(`${link.name}: MirrorSourceConnector or its task does not exist`, 'look at the log of mirror-maker');
    const broken = connectors.filter(({ state }) => state !== 'RUNNING' && !ON_THE_WAY.has(state));
    if (broken.length > 0) {
      const isMoving = broken.every(({ state }) => state === 'UNASSIGNED' || state === 'RESTARTING');
      const states = some(broken.map(({ name, state, failure }) => `${name} is ${state}${failure === undefined ? '' : ` (${failure})`}`));
      const hint = isMoving ? 'MirrorMaker gives out its tasks anew, as it does when there are new topics: try again in a few seconds' : 'look at the log of mirror-maker, and restart it';
      return fail(`${link.name}: ${states}`, hint);
    }
    if (lastHeartbeat === undefined) return fail(`${link.name}: no heartbeat was ever replicated`, 'look at the log of mirror-maker');
    const ageMs = at.getTime() - lastHeartbeat.getTime();
    if (ageMs > STALE_HEARTBEAT_MS) {
      return fail(`${link.name}: the last replicated heartbeat is ${(ageMs / 1000).toFixed(0)} s old (allowed: ${STALE_HEARTBEAT_MS / 1000} s)`, 'MirrorMaker is dead or stuck: look at its log');
    }
    const restarting = connectors.filter(({ state }) => ON_THE_WAY.has(state));
    if (restarting.length > 0) return warn(`${link.name}: ${some(restarting.map(({ name, state }) => `${name} is ${state}`))}`, 'it starts again for a new topic, which takes a moment: a switch would wait for it');
    return pass(`${link.name}: ${connectors.length} connectors and tasks are running, last heartbeat ${(Math.max(0, ageMs) / 1000).toFixed(1)} s ago`);
  },
};
