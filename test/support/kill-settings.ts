/** Whose cases there are: each participant that is killed or hangs in a planned switch, networks that are cut there, and an unplanned switch. */
const WHOSE = ['gwctl', 'gateway1', 'gateway2', 'mirror-maker', 'main-1', 'failover-1', 'cut', 'unplanned'] as const;

/**
 * `npm run test:kill` sets these: a seed for the order (GWCTL_KILL_SEED), an end in minutes (GWCTL_KILL_MINUTES), and whose cases are wanted
 * (GWCTL_KILL_WHO, all without it). Each matrix has a file besides that keeps what was run, so that it can be run in parts (`openKeptRows`).
 */
export const SEED = Number(process.env['GWCTL_KILL_SEED'] ?? 1);
export const MINUTES = Number(process.env['GWCTL_KILL_MINUTES'] ?? Number.POSITIVE_INFINITY);
const WANTED = (process.env['GWCTL_KILL_WHO'] ?? '').split(',').filter((name) => name !== '');

for (const name of WANTED) if (!(WHOSE as readonly string[]).includes(name)) throw new Error(`GWCTL_KILL_WHO: ${name} (allowed: ${WHOSE.join(', ')})`);

export function isWanted(who: (typeof WHOSE)[number]): boolean {
  return WANTED.length === 0 || WANTED.includes(who);
}

/** For one case, with everything that is started and taken down for it. */
export const CASE_MS = 600_000;
