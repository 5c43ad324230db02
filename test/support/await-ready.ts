import type { GwctlResult } from './environment.ts';

/**
 * Waits until `gwctl verify` passes; rejects with what it says after `timeoutMs`. One process looks again and again: many that look once would take
 * the processors away from what they wait for.
 */
export async function awaitReady(gwctl: (args: readonly string[]) => Promise<GwctlResult>, timeoutMs: number): Promise<void> {
  const { exitCode, stdout, stderr } = await gwctl(['verify', '--wait', `${timeoutMs}ms`]);
  if (exitCode !== 0) throw new Error(`gwctl verify: exit ${exitCode} after ${timeoutMs} ms\n${stdout}${stderr}`);
}
