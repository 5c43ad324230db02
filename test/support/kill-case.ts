import type { StepKind } from '../../src/plan/plan.ts';
import { signalComponent } from './component.ts';
import type { GwctlResult } from './environment.ts';
import type { ProbeVerdict } from './judge-probe.ts';
import { awaitCondition, decisionOfGeneration, type HaltedRun, type KillLab } from './kill-lab.ts';
import { readNodeState } from './service-account.ts';

/** Something happens to one participant exactly between two steps of a switch. */
export interface KillCase {
  readonly who: 'gwctl' | 'gateway1' | 'gateway2' | 'mirror-maker' | 'main-1' | 'failover-1';
  /** A participant that hangs goes on when the run has ended; gwctl, when the nodes have settled without it. */
  readonly how: 'SIGKILL' | 'SIGSTOP';
  readonly before: StepKind;
  /** A killed node is started again before the run goes on, not after it. */
  readonly startsMeanwhile?: boolean;
}

export interface KillOutcome {
  readonly exitCode: number;
  readonly stderr: string;
  /** By the log of the cluster that was to be switched to. */
  readonly decision: 'commit' | 'abort' | undefined;
  readonly active: string;
  readonly recovery: string;
  readonly verdict: ProbeVerdict;
  /** Every violation; empty when all is as promised. */
  readonly problems: readonly string[];
}

const LISTEN_MS = 60_000;
/** Which cluster is active after which exit code (README, "Exit codes"). */
const ACTIVE_AFTER: Readonly<Record<number, string>> = { 0: 'failover', 3: 'main', 4: 'main', 5: 'main', 7: 'failover', 8: 'main' };

export async function runKillCase(lab: KillLab, { who, how, before, startsMeanwhile = false }: KillCase): Promise<KillOutcome> {
  const { environment, probe, runTo } = lab;
  probe.mark();
  let generation = 0;
  let starting: Promise<GwctlResult> | undefined;
  const result = await runTo(before, async (run) => {
    generation = run.generation;
    if (who === 'gwctl') return await strike(lab, run, how);
    await signalComponent(environment, who, how);
    if (!startsMeanwhile) return;
    starting = environment.gwctl(['up']);
    await awaitCondition(LISTEN_MS, `${who} answers again`, () => readNodeState(environment, who).then(() => true, () => false));
  });

  const problems: string[] = [];
  // A MirrorMaker that hangs is ended by the run, which copies in its place.
  if (how === 'SIGSTOP' && who !== 'gwctl' && who !== 'mirror-maker') await signalComponent(environment, who, 'SIGCONT');
  else if (who !== 'gwctl') {
    const up = await (starting ?? environment.gwctl(['up']));
    if (up.exitCode !== 0) problems.push(`gwctl up: exit ${up.exitCode}: ${up.stderr}`);
  }
  const decision = await decisionOfGeneration(environment, generation);
  const command = decision === 'commit' ? 'resume' : 'rollback';
  const recovered = await environment.gwctl([command, '--yes']);
  if (recovered.exitCode !== 0 && !/no run is open/.test(recovered.stderr)) problems.push(`gwctl ${command}: exit ${recovered.exitCode}: ${recovered.stderr}`);
  const active = await lab.settled();
  const status = await environment.gwctl(['status', '-o', 'json']);
  const shown = status.exitCode === 0 ? (JSON.parse(status.stdout) as { readonly active: string | null }).active : `exit ${status.exitCode}`;
  if (shown !== active) problems.push(`gwctl status shows ${shown ?? 'nothing'}, the nodes serve ${active}`);
  if ((active === 'failover') !== (decision === 'commit')) problems.push(`${active} is active, and the log says ${decision ?? 'nothing'}`);
  if (!(result.exitCode === -1 && who === 'gwctl' && how === 'SIGKILL') && ACTIVE_AFTER[result.exitCode] !== active) problems.push(`exit ${result.exitCode}, and ${active} is active: ${lastWords(result.stderr)}`);
  const verdict = await probe.judge(active === 'main' ? 'source' : 'target');
  for (const kind of ['lost', 'doubled', 'torn'] as const) if (verdict[kind].length > 0) problems.push(`${kind}: ${verdict[kind].slice(0, 5).join(', ')}${verdict[kind].length > 5 ? ` and ${verdict[kind].length - 5} more` : ''}`);
  return { exitCode: result.exitCode, stderr: result.stderr, decision, active, recovery: `${command} ${recovered.exitCode}`, verdict, problems };
}

/** Killed, it is gone. Hanging, it comes back as a ghost, when everybody has gone on without it. */
async function strike(lab: KillLab, { gwctl, go }: HaltedRun, how: KillCase['how']): Promise<void> {
  gwctl.signal(how);
  if (how === 'SIGKILL') return;
  await go();
  await lab.settled();
  gwctl.signal('SIGCONT');
}

function lastWords(stderr: string): string {
  return stderr.split('\n').filter((line) => line.startsWith('error: ')).join(' ') || stderr;
}
