import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const LOOK_MS = 250;

/** Watches what the machine has left for those who run on it. What it returns ends that, and says it in a line. */
export function watchMachine() {
  const before = readTicks();
  let [lookedAtMs, latestMs] = [performance.now(), 0];
  const timer = setInterval(() => {
    latestMs = Math.max(latestMs, performance.now() - lookedAtMs - LOOK_MS);
    lookedAtMs = performance.now();
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    const after = readTicks();
    const shareOf = (kind) => `${Math.round((100 * (after[kind] - before[kind])) / Math.max(1, after.total - before.total))} %`;
    const ticks = before === undefined || after === undefined ? '' : `, ${shareOf('idle')} idle, ${shareOf('steal')} taken by other machines`;
    return `${availableParallelism()} processors${ticks}; an idle process had to wait for ${(latestMs / 1000).toFixed(1)} s at most`;
  };
}

/** Linux only. */
function readTicks() {
  try {
    const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1, 9).map(Number);
    return { total: ticks.reduce((sum, count) => sum + count, 0), idle: ticks[3], steal: ticks[7] };
  } catch {
    return undefined;
  }
}
