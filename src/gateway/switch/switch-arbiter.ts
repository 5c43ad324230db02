import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { decide, type StateLog } from '../../arbiter/state-log.ts';
import type { Decision, Intent, StateRecord } from '../../arbiter/state-record.ts';
import { decisionIn, decisionOn, lastCommit, lastLeft, nextGeneration, postureOf, type Posture, type Standing, type StateLogs } from '../../arbiter/state-rules.ts';
import type { NodeState, RunState } from '../../shared/admin-api.ts';
import { GwctlError } from '../../shared/errors.ts';
import { timeLimit } from '../../shared/time-limit.ts';
import type { Log } from '../log.ts';
import type { Pledge } from './node-memory.ts';
import type { SwitchController } from './switch-controller.ts';

/** Asks another node of the environment for its state. */
export type AskPeer = (signal: AbortSignal) => Promise<NodeState>;

export interface SwitchArbiterOptions {
  readonly node: string;
  /** Of every cluster, by name. */
  readonly logs: ReadonlyMap<string, StateLog>;
  readonly peers: readonly AskPeer[];
  readonly log: Log;
}

const SETTLE_MS = 200;
const POLL_MS = 1000;
const PEER_MS = 1500;
/** Clients wait for it. */
const CATCH_UP_MS = 1500;
/** A node that was paused and restarts waits so long for its run to speak; then it asks the arbiter. */
const PLEDGE_MS = 5000;
const IN_A_SWITCH: ReadonlySet<NodeState['phase']> = new Set(['paused', 'drained', 'flipped']);

/** A node's view of the logs in which switches are decided. */
export class SwitchArbiter {
  readonly #options: SwitchArbiterOptions;
  readonly #start = randomUUID();
  readonly #joined = new Set<string>();
  readonly #over = new AbortController();
  readonly #complained = new Set<string>();
  /** Logs that have a copy of the last decision, or need none: `main 2`. */
  readonly #told = new Set<string>();
  /** What was read of each log the last time. */
  readonly #seen = new Map<string, readonly StateRecord[]>();

  constructor(options: SwitchArbiterOptions) {
    this.#options = options;
  }

  /**
   * What this node may do, given what it knew when it stopped. It registers first and reads then: an intent that stands before the
   * registration is seen, and gwctl sees a registration that stands before its intent. `pledge`: a run that it was paused for, and whose end
   * it has not heard of.
   */
  async posture(known: Standing, pledge?: Pledge): Promise<Posture> {
    for (let standing = known; ; ) {
      const first = postureOf(await this.#readAll(), standing, await this.#askPeers());
      const { active } = first.standing;
      try {
        await this.join(active);
      } catch (reason) {
        return { kind: 'unknown', standing, why: `this node cannot register on ${active}: ${messageOf(reason)}` };
      }
      // Where there is no other node, nobody has switched without this one.
      const posture = postureOf(await this.#readAll(), standing, this.#options.peers.length === 0 ? first.standing : await this.#askPeers());
      if (posture.standing.active === active) return posture.kind === 'serve' && pledge !== undefined ? await this.#keep(pledge, posture) : posture;
      standing = posture.standing;
    }
  }

  /** A run that is not known to be given up may have been committed meanwhile, where this node cannot see it. */
  async #keep(pledge: Pledge, posture: Posture): Promise<Posture> {
    const { standing } = posture;
    if (pledge.generation <= standing.generation) return posture;
    const { runId, generation, to } = pledge;
    if (decisionIn(await this.#readAll(), to, generation)?.kind === 'abort') return posture;
    const intent: Intent = { kind: 'intent', generation, from: standing.active, to, runId, by: this.#options.node, leaseMs: PLEDGE_MS, at: now() };
    return { kind: 'wait', standing, intent };
  }

  /** Registers the node on a cluster that it serves, or is about to serve. */
  async join(cluster: string): Promise<void> {
    if (this.#joined.has(cluster)) return;
    await this.#logOf(cluster).append({ kind: 'join', node: this.#options.node, start: this.#start, at: now() });
    this.#joined.add(cluster);
  }

  /** An orderly end. A cluster that cannot be reached keeps the registration. */
  async leave(): Promise<void> {
    await Promise.allSettled([...this.#joined].map((cluster) => this.#logOf(cluster).append({ kind: 'leave', node: this.#options.node, start: this.#start, at: now() })));
  }

  /** How a run's generation was decided; wanted: decides it, if nobody has. */
  async decision({ runId, generation, to }: RunState, from: string, wanted?: Decision['kind']): Promise<Decision['kind'] | undefined> {
    const own = await this.#logOf(to).read().catch(() => undefined);
    // The copies are only asked where they may tell more: a dead cluster takes its time.
    const known = decisionIn(new Map([[to, own]]), to, generation) ?? (own !== undefined && wanted === undefined ? undefined : decisionIn(await this.#readAll(), to, generation));
    if (known !== undefined || wanted === undefined) return known?.kind;
    const decision = await decide(this.#logOf(to), { kind: wanted, generation, from, to, runId, by: this.#options.node, at: now() });
    return decision.kind;
  }

  async nextGeneration(after: number): Promise<number> {
    return nextGeneration(await this.#readAll(), after);
  }

  /** Ends leases, goes after switches that happened without this node, and finds the way back for one that is lost; until `close`. */
  watch(controller: SwitchController): void {
    void this.#repeat(SETTLE_MS, 'settle', () => controller.settle());
    void this.#repeat(POLL_MS, 'find', async () => {
      if (controller.isLost) await controller.find(await this.posture(controller.state, controller.pledge));
    });
    for (const [name, log] of this.#options.logs) {
      void this.#repeat(SETTLE_MS, `follow ${name}`, async () => {
        await log.changed(POLL_MS);
        await this.look(name, controller);
      });
    }
  }

  /** Goes after a later switch that this log knows of; and tells the log of the switch that made the node serve, if it could not be told then. */
  async look(name: string, controller: SwitchController): Promise<void> {
    const records = await this.#read(name);
    const commit = lastCommit(new Map([[name, records]]));
    if (commit !== undefined) await controller.follow(commit);
    const { generation, active, phase } = controller.state;
    const key = `${name} ${generation}`;
    if (phase !== 'serving' || name === active || this.#told.has(key)) return;
    const decision = decisionOn(records, active, generation) === undefined ? decisionOn(await this.#logOf(active).read(), active, generation) : undefined;
    if (decision !== undefined) await this.#logOf(name).append(decision);
    this.#told.add(key);
  }

  /**
   * For a node that did not run for a while: goes after every switch that it has missed, by the logs, and by the other nodes where a log cannot be read in
   * a moment. Never throws: where nobody can tell, the node goes on, as one that has run all along would.
   */
  async catchUp(controller: SwitchController): Promise<void> {
    const hasRead = await Promise.all([...this.#options.logs.keys()].map((name) => Promise.race([this.look(name, controller).then(() => true, () => false), delay(CATCH_UP_MS, false, { signal: this.#over.signal }).catch(() => false)])));
    if (hasRead.every((isRead) => isRead)) return;
    const latest = await this.#askPeers();
    if (latest !== undefined && latest.generation > controller.generation) await controller.follow(latest).catch((reason: unknown) => this.#options.log.warn(`follow: ${messageOf(reason)}`));
  }

  /** The latest switch after `standing`, by the logs of the clusters that it would have led to; those that can be read. */
  async laterCommit(standing: Standing): Promise<Standing | undefined> {
    const logs = new Map(await Promise.all([...this.#options.logs].filter(([name]) => name !== standing.active).map(async ([name, log]) => [name, await log.read().catch(() => undefined)] as const)));
    const commit = lastCommit(logs);
    return commit !== undefined && commit.generation > standing.generation ? commit : undefined;
  }

  /** The last generation in which that cluster was active and was then left, by what was read of the logs; 0: it never was. */
  lastLeft(cluster: string): number {
    return lastLeft(this.#seen, cluster);
  }

  close(): void {
    this.#over.abort();
  }

  async #readAll(): Promise<StateLogs> {
    return new Map(await Promise.all([...this.#options.logs.keys()].map(async (name) => [name, await this.#read(name).catch(() => undefined)] as const)));
  }

  async #read(name: string): Promise<readonly StateRecord[]> {
    const records = await this.#logOf(name).read();
    this.#seen.set(name, records);
    return records;
  }

  /** The latest of what peers serve now; undefined while one of them is in a switch: then what the others say may be over in a moment. */
  async #askPeers(): Promise<Standing | undefined> {
    const signal = AbortSignal.any([timeLimit(PEER_MS), this.#over.signal]);
    const states = await Promise.all(this.#options.peers.map((ask) => ask(signal).catch(() => undefined)));
    if (states.some((state) => state !== undefined && !state.isLost && IN_A_SWITCH.has(state.phase))) return undefined;
    const serving = states.filter((state): state is NodeState => state?.phase === 'serving' || state?.phase === 'prepared');
    return serving.reduce<Standing | undefined>((latest, { generation, active }) => (latest === undefined || generation > latest.generation ? { generation, active } : latest), undefined);
  }

  #logOf(cluster: string): StateLog {
    const log = this.#options.logs.get(cluster);
    if (log === undefined) throw new GwctlError('USAGE', `unknown cluster "${cluster}"`);
    return log;
  }

  /** Trouble is logged once, until it is over. */
  async #repeat(pauseMs: number, what: string, act: () => Promise<void>): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      try {
        await act();
        this.#complained.delete(what);
      } catch (reason) {
        if (!signal.aborted && !this.#complained.has(what)) this.#options.log.warn(`${what}: ${messageOf(reason)}`);
        this.#complained.add(what);
      }
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}

function now(): string {
  return new Date().toISOString();
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
