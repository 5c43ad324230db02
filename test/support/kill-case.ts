import type { StepKind } from '../../src/plan/plan.ts';
import { parseTakeoverHold } from '../../src/shared/takeover-hold.ts';
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
  /** Where `gwctl status` names two commands: the one that is run. By default the run is given up. */
  readonly ending?: 'resume' | 'rollback';
}

/** Of a switch that may lose records: how many the clients miss, and how many it had announced; 'unknown': nothing. */
export interface LossVerdict {
  readonly acknowledged: number;
  readonly missing: number;
  readonly announced: number | 'unknown';
}

export interface KillOutcome<Verdict = ProbeVerdict | LossVerdict> {
  readonly exitCode: number;
  readonly stderr: string;
  /** By the log of the cluster that was to be switched to. */
  readonly decision: 'commit' | 'abort' | undefined;
  readonly active: string;
  readonly recovery: string;
  readonly verdict: Verdict;
  /** Every violation; empty when all is as promised. */
  readonly problems: readonly string[];
}

const LISTEN_MS = 60_000;
/** Which cluster is active after which exit code (README, "Exit codes"). */
export const ACTIVE_AFTER: Readonly<Record<number, string>> = { 0: 'failover', 3: 'main', 4: 'main', 5: 'main', 7: 'failover', 8: 'main' };

export async function runKillCase(lab: KillLab, { who, how, before, startsMeanwhile = false, ending }: KillCase): Promise<KillOutcome<ProbeVerdict>> {
  const { environment } = lab;
  let starting: Promise<GwctlResult> | undefined;
  return await runDisturbed(lab, {
    before,
    ending,
    isGone: who === 'gwctl' && how === 'SIGKILL',
    strike: async (run) => {
      if (who === 'gwctl') return await strike(lab, run, how);
      await signalComponent(environment, who, how);
      if (!startsMeanwhile) return;
      starting = environment.gwctl(['up']);
      await awaitCondition(LISTEN_MS, `${who} answers again`, () => readNodeState(environment, who).then(() => true, () => false));
    },
    heal: async (problems) => {
      if (who === 'gwctl') return;
      // A MirrorMaker that hangs is ended by the run, which copies in its place.
      if (how === 'SIGSTOP' && who !== 'mirror-maker') return await signalComponent(environment, who, 'SIGCONT');
      const up = await (starting ?? environment.gwctl(['up']));
      if (up.exitCode !== 0) problems.push(`gwctl up: exit ${up.exitCode}: ${up.stderr}`);
    },
  });
}

/** What happens at one boundary of a switch, and how it is put right when the run has ended. */
export interface Disturbance {
  readonly before: StepKind;
  readonly ending?: 'resume' | 'rollback' | undefined;
  /** gwctl itself does not live to say how the run ended. */
  readonly isGone?: boolean;
  readonly strike: (run: HaltedRun) => Promise<void>;
  readonly heal: (problems: string[]) => Promise<void>;
}

/** A run that is disturbed, put right, and ended with the command that gwctl names; then everything is compared with what was promised. */
export async function runDisturbed(lab: KillLab, { before, ending = 'rollback', isGone = false, strike: hit, heal }: Disturbance): Promise<KillOutcome<ProbeVerdict>> {
  const { environment, probe, runTo } = lab;
  probe.mark();
  let generation = 0;
  const result = await runTo(before, async (run) => {
    generation = run.generation;
    await hit(run);
  });
  const problems: string[] = [];
  await heal(problems);
  const recovery = await recover(lab, ending, problems);
  const decision = await decisionOfGeneration(environment, generation);
  const active = await lab.settled();
  const status = await environment.gwctl(['status', '-o', 'json']);
  const shown = status.exitCode === 0 ? (JSON.parse(status.stdout) as { readonly active: string | null }).active : `exit ${status.exitCode}`;
  if (shown !== active) problems.push(`gwctl status shows ${shown ?? 'nothing'}, the nodes serve ${active}`);
  const hasBegunAnew = recovery === 'resume 0' && decision !== 'commit';
  if ((active === 'failover') !== (decision === 'commit' || hasBegunAnew)) problems.push(`${active} is active, and the log says ${decision ?? 'nothing'}`);
  if (!hasBegunAnew && !(result.exitCode === -1 && isGone) && ACTIVE_AFTER[result.exitCode] !== active) problems.push(`exit ${result.exitCode}, and ${active} is active: ${lastWords(result.stderr)}`);
  const verdict = await probe.judge(active === 'main' ? 'source' : 'target');
  for (const kind of ['lost', 'doubled', 'torn'] as const) if (verdict[kind].length > 0) problems.push(`${kind}: ${verdict[kind].slice(0, 5).join(', ')}${verdict[kind].length > 5 ? ` and ${verdict[kind].length - 5} more` : ''}`);
  return { exitCode: result.exitCode, stderr: result.stderr, decision, active, recovery, verdict, problems };
}

/**
 * Runs the command that `gwctl status` names for the open run; where it names several, the one that is wanted. Without an open run every command
 * that ends one must say so, and change nothing.
 */
export async function recover({ environment }: Pick<KillLab, 'environment'>, ending: 'resume' | 'rollback', problems: string[]): Promise<string> {
  const status = await environment.gwctl(['status', '-o', 'json']);
  const { openRun, components } = JSON.parse(status.stdout) as { readonly openRun: { readonly runId: string; readonly commands: readonly string[] } | null; readonly components: readonly { readonly heldBecause: string | null }[] };
  // The nodes have given its run up, and the replication is still in its hands.
  const isTakenOver = components.some(({ heldBecause }) => parseTakeoverHold(heldBecause ?? '') !== undefined);
  const named = openRun?.commands.map((command) => command.replace('gwctl ', '')) ?? [];
  const command = named.includes(ending) ? ending : (named[0] ?? ending);
  const recovered = await environment.gwctl([command, '--yes']);
  const isNothingOpen = recovered.exitCode === 3 && /no run is open/.test(recovered.stderr);
  // The nodes may have settled by themselves meanwhile, and the run may have been committed while a rollback waited for its lease.
  if (recovered.exitCode !== 0 && !isNothingOpen) problems.push(`gwctl ${command}: exit ${recovered.exitCode}: ${recovered.stderr}`);
  if (openRun === null && !isNothingOpen && !isTakenOver) problems.push(`gwctl status showed no open run, and gwctl ${command} found one: exit ${recovered.exitCode}: ${recovered.stderr}`);
  return isNothingOpen ? 'nothing' : `${command} ${recovered.exitCode}`;
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
