import type { Decision, Intent } from '../../arbiter/state-record.ts';
import type { Posture, Standing } from '../../arbiter/state-rules.ts';
import type { Phase, RunState, SwitchOrder } from '../../shared/admin-api.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Pledge } from './node-memory.ts';

/** What a node found out about the target before it agreed. */
export interface PrepareFindings {
  readonly brokers: readonly number[];
  readonly topicMappings: number;
  readonly virtualClusters: number;
}

/** What a switch does to a node, in the order in which it happens; each may be repeated. */
export interface SwitchEffects {
  /** Looks at the target and reads what is needed from it. Throws when this node could not serve from there. */
  prepare(to: string): Promise<PrepareFindings>;
  /** Tells the members of consumer groups to commit and to join again, holds the joins, and waits until all have come, at most `timeoutMs`. */
  drainGroups(timeoutMs: number): Promise<{ readonly members: number; readonly drained: number }>;
  /** Lets held joins and fetches go on: on the same cluster, or as strangers on another one. */
  openGroups(verdict: 'same' | 'moved'): Promise<void>;
  /** No write passes any more once it resolves. */
  /** `insists`: whoever does not follow is replaced, rather than waited for. Throws UNAVAILABLE without it. */
  closeGate(insists?: boolean): Promise<void>;
  openGate(): Promise<void>;
  /** true once no write is in flight. `isCut`: none is waited for, the cluster that is left may not answer any more. */
  drain(timeoutMs: number, isCut: boolean): Promise<boolean>;
  /** How the generation was decided; with `wanted` 'abort' it is decided now, if nobody has. Throws UNAVAILABLE when that cannot be known. */
  decision(run: RunState, wanted?: 'abort'): Promise<Decision['kind'] | undefined>;
  /** Registers the node where it stands, and reads then what it may do: nobody may have gone on without it meanwhile. */
  posture(standing: Standing): Promise<Posture>;
  /** A later switch than that, on the log of a cluster that it would have led to; one that cannot be read at present is left out. */
  laterCommit(standing: Standing): Promise<Standing | undefined>;
  /** Durable before it takes effect: a node that restarts must not come back on the cluster that was left, nor serve while a run counts on its pause. */
  remember(generation: number, active: string, pledge?: Pledge): Promise<void>;
  /** Destroys every connection to the cluster that is left, and serves from `to`. */
  flip(to: string, generation: number): Promise<void>;
}

/** Writes that are in flight when a node finds a later generation of the cluster that it serves may take so long to be answered. */
const SAME_CLUSTER_DRAIN_MS = 1000;

/**
 * Where a node is in a switch (see `Phase`). An order that does not fit the phase changes nothing.
 *
 * What a run may tell a node ends with the run's lease. From then on the node asks the arbiter, and goes where the log says; while nobody can
 * say, it holds writes. So a node never serves two clusters by turns, and never another one than the rest, whoever has died.
 */
export class SwitchController {
  readonly #effects: SwitchEffects;
  readonly #now: () => number;
  #phase: Phase;
  #run: RunState | undefined;
  #generation: number;
  #active: string;
  /** The connections are where `#active` says. */
  #isMoved = true;
  /** Nobody could say which cluster is active: nothing passes until somebody can. */
  #isLost = false;
  /** The run is known by its intent only: its gwctl has told this node nothing. */
  #isUnheard = false;
  /** On its disk, too. */
  #pledge: Pledge | undefined;
  /** A verb or a settlement that is under way; the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();

  /** `pledge`: that its disk has kept. */
  constructor(posture: Posture, effects: SwitchEffects, now: () => number = Date.now, pledge?: Pledge) {
    this.#pledge = pledge;
    this.#effects = effects;
    this.#now = now;
    this.#generation = posture.standing.generation;
    this.#active = posture.standing.active;
    this.#phase = posture.kind === 'serve' ? 'serving' : 'paused';
    this.#isLost = posture.kind === 'unknown';
    if (posture.kind === 'wait') {
      this.#run = runOf(posture.intent, now());
      this.#isUnheard = true;
    }
  }

  get state(): { phase: Phase; generation: number; active: string; run: RunState | null; isLost: boolean } {
    return { phase: this.#phase, generation: this.#generation, active: this.#active, run: this.#run ?? null, isLost: this.#isLost };
  }

  get generation(): number {
    return this.#generation;
  }

  get active(): string {
    return this.#active;
  }

  get pledge(): Pledge | undefined {
    return this.#pledge;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  async prepare(order: SwitchOrder): Promise<PrepareFindings> {
    return await this.#alone(async () => {
      await this.#settle();
      const run = this.#run;
      if (this.#isLost) throw refuse('NOT_AS_EXPECTED', 'this node does not know which cluster is active, and holds writes');
      if (run !== undefined && run.runId !== order.runId) {
        if (Date.parse(run.leaseUntil) > this.#now()) throw refuse('LOCKED', `run ${run.runId}${run.by === undefined ? '' : ` of ${run.by}`} holds this node until ${run.leaseUntil}`);
        throw refuse('UNAVAILABLE', `run ${run.runId} left this node ${this.#phase}, and its decision cannot be read`);
      }
      if (this.#phase === 'flipped' && run === undefined) throw refuse('UNAVAILABLE', 'this node is on its way to another cluster');
      if (order.generation <= this.#generation) {
        throw refuse('NOT_AS_EXPECTED', `generation ${order.generation} is not after this node's ${this.#generation}`);
      }
      if (order.to === this.#active) throw refuse('NOT_AS_EXPECTED', `${order.to} is already active`);
      if (order.from !== undefined && order.from !== this.#active) throw refuse('NOT_AS_EXPECTED', `this node serves ${this.#active}, and run ${order.runId} leaves ${order.from}`);
      const report = await this.#effects.prepare(order.to);
      if (this.#phase === 'serving') this.#phase = 'prepared';
      this.#hold(order);
      return report;
    });
  }

  async drainGroups(order: SwitchOrder): Promise<{ readonly members: number; readonly drained: number }> {
    await this.#alone(async () => {
      this.#expect(order, 'drain-groups', ['prepared']);
      this.#hold(order, order.timeoutMs);
      await this.#pledgeTo(order);
    });
    this.#expect(order, 'drain-groups', ['prepared']);
    return await this.#effects.drainGroups(order.timeoutMs ?? 5000);
  }

  async pause(order: SwitchOrder): Promise<void> {
    await this.#alone(async () => {
      this.#expect(order, 'pause', ['prepared', 'paused', 'drained']);
      this.#hold(order);
      await this.#pledgeTo(order);
      await this.#effects.closeGate();
      if (this.#phase === 'prepared') this.#phase = 'paused';
      this.#hold(order);
    });
  }

  async drain(order: SwitchOrder): Promise<void> {
    await this.#alone(async () => {
      this.#expect(order, 'drain', ['paused', 'drained']);
      this.#hold(order, order.timeoutMs);
      if (!(await this.#effects.drain(order.timeoutMs ?? 5000, order.isCut === true))) throw refuse('UNAVAILABLE', 'writes that were sent to the cluster are still unanswered');
      this.#expect(order, 'drain', ['paused', 'drained']);
      this.#hold(order);
      this.#phase = 'drained';
    });
  }

  /** Only what was committed: an order alone moves nobody. */
  async flip(order: SwitchOrder): Promise<void> {
    await this.#alone(async () => {
      if (this.#generation === order.generation && this.#active === order.to && this.#isMoved) return;
      // Paused only: this node was started after the drain, so it has nothing to drain.
      this.#expect(order, 'flip', ['paused', 'drained', 'flipped']);
      const run = this.#hold(order);
      if (this.#generation !== order.generation) {
        const decision = await this.#effects.decision(run);
        if (decision !== 'commit') throw refuse('NOT_AS_EXPECTED', `flip: generation ${order.generation} is ${decision === undefined ? 'not decided' : 'aborted'}`);
      }
      if (this.#phase === 'paused') await this.#effects.drain(0, true);
      await this.#move({ generation: order.generation, active: order.to });
    });
  }

  async resume(order: SwitchOrder): Promise<void> {
    await this.#alone(async () => {
      if (this.#phase === 'serving' && this.#generation === order.generation && this.#active === order.to) return;
      this.#expect(order, 'resume', ['flipped']);
      // Writes that pass while a part of the node has not moved yet would go to the cluster that was left.
      if (!this.#isMoved) throw refuse('UNAVAILABLE', 'resume: the flip is not finished: repeat it');
      await this.#backToServing('moved');
    });
  }

  /** Gives the node back to the cluster that it still serves; after the commit there is no way back. */
  async abort(order: SwitchOrder): Promise<void> {
    await this.#alone(async () => {
      await this.#settle();
      if (this.#phase === 'serving' && this.#generation < order.generation) return;
      this.#expect(order, 'abort', ['prepared', 'paused', 'drained']);
      // While it was held it followed nobody.
      const commit = await this.#effects.laterCommit(this.#standing);
      if (commit === undefined) await this.#backToServing('same');
      else await this.#goAfter(commit);
    });
  }

  /** A person has made sure that no other cluster took over, where nobody else could tell. */
  async serve(order: SwitchOrder): Promise<void> {
    await this.#alone(async () => {
      if (!this.#isLost) throw refuse('NOT_AS_EXPECTED', `serve: this node knows that ${this.#active} is active`);
      if (order.to !== this.#active) throw refuse('NOT_AS_EXPECTED', `serve: this node served ${this.#active} last, and can only go on there`);
      await this.#take({ kind: 'serve', standing: this.#standing }, 'same');
    });
  }

  /**
   * To be called often: what a run holds ends with its lease, and a move that failed is repeated. Throws UNAVAILABLE when the arbiter cannot be
   * asked; the node stays as it is.
   */
  async settle(): Promise<void> {
    if (this.#isUnsettled) await this.#alone(() => this.#settle());
  }

  /** Resolves when this node serves the cluster that it is on its way to. Throws UNAVAILABLE where it then holds writes. */
  async arrive(): Promise<void> {
    await this.#alone(async () => {
      await this.#settle();
      if (this.#phase !== 'serving' && this.#phase !== 'prepared') throw refuse('UNAVAILABLE', `this node is ${this.#phase} on ${this.#active}, and holds writes`);
    });
  }

  get #isUnsettled(): boolean {
    return this.#run === undefined ? this.#phase === 'flipped' : this.#isExpired(this.#run);
  }

  /** A switch that happened, seen on some cluster's log. Whoever was left behind stops at once and goes after it. */
  async follow(commit: Standing): Promise<void> {
    if (commit.generation <= this.#generation || this.#isLost) return;
    // Its own run's gwctl is about to say so, until the lease ends; but it may have said so before this node was there to hear.
    if (this.#run?.generation === commit.generation && !this.#isExpired(this.#run) && !this.#isUnheard) return;
    await this.#effects.closeGate(true);
    await this.#alone(async () => {
      if (commit.generation > this.#generation) await this.#goAfter(commit);
    });
  }

  /** Somebody can tell now: the logs, a peer, or a person. */
  async find(posture: Posture): Promise<void> {
    await this.#alone(async () => {
      if (this.#isLost && posture.kind !== 'unknown') await this.#take(posture, 'moved');
    });
  }

  async #settle(): Promise<void> {
    if (!this.#isUnsettled) return;
    const run = this.#run;
    if (this.#phase === 'prepared') await this.#backToServing('same');
    else if (run === undefined || this.#phase === 'flipped') await this.#goAfter(this.#standing);
    else if ((await this.#effects.decision(run, 'abort')) === 'commit') await this.#goAfter({ generation: run.generation, active: run.to });
    else await this.#take(await this.#effects.posture(this.#standing), 'same');
  }

  get #standing(): Standing {
    return { generation: this.#generation, active: this.#active };
  }

  /** Goes on as the logs say: nobody told this node what has happened since. */
  async #take(posture: Posture, groups: 'same' | 'moved'): Promise<void> {
    const { generation, active } = posture.standing;
    const isElsewhere = generation > this.#generation || active !== this.#active;
    if (isElsewhere || !this.#isMoved) await this.#move(posture.standing);
    this.#isLost = posture.kind === 'unknown';
    if (posture.kind === 'serve') return await this.#backToServing(isElsewhere ? 'moved' : groups);
    this.#phase = 'paused';
    this.#run = posture.kind === 'wait' ? runOf(posture.intent, this.#now()) : undefined;
    this.#isUnheard = posture.kind === 'wait';
  }

  async #goAfter(commit: Standing): Promise<void> {
    await this.#effects.closeGate(true);
    if (commit.generation !== this.#generation || !this.#isMoved) {
      // On another cluster nobody counts on what is in flight here, and its producers send it again; on the same one that would write it twice.
      if (commit.active === this.#active) await this.#effects.drain(SAME_CLUSTER_DRAIN_MS, false).catch(() => false);
      else await this.#effects.drain(0, true);
      await this.#move(commit);
    }
    await this.#take(await this.#effects.posture(commit), 'moved');
  }

  async #move(to: Standing): Promise<void> {
    if (to.generation !== this.#generation) {
      await this.#effects.remember(to.generation, to.active);
      this.#pledge = undefined;
    }
    this.#phase = 'flipped';
    this.#generation = to.generation;
    this.#active = to.active;
    this.#isMoved = false;
    await this.#effects.flip(to.active, to.generation);
    this.#isMoved = true;
  }

  /** As early as may be: a busy disk takes half a second for it, and producers of a node that holds writes wait for the disks of all others. */
  async #pledgeTo({ runId, generation, to }: SwitchOrder): Promise<void> {
    if (this.#pledge?.runId === runId && this.#pledge.generation === generation) return;
    await this.#remember({ runId, generation, to });
  }

  async #remember(pledge: Pledge | undefined): Promise<void> {
    await this.#effects.remember(this.#generation, this.#active, pledge);
    this.#pledge = pledge;
  }

  async #backToServing(groups: 'same' | 'moved'): Promise<void> {
    // A pledge that stays on the disk only makes a restart ask once more.
    if (this.#pledge !== undefined) await this.#remember(undefined).catch(() => {});
    this.#phase = 'serving';
    this.#run = undefined;
    await Promise.all([this.#effects.openGate(), this.#effects.openGroups(groups)]);
  }

  #hold(order: SwitchOrder, moreMs = 0): RunState {
    const run = { runId: order.runId, generation: order.generation, to: order.to, ...(order.by === undefined ? {} : { by: order.by }), leaseUntil: new Date(this.#now() + order.leaseMs + moreMs).toISOString() };
    this.#run = run;
    this.#isUnheard = false;
    return run;
  }

  #isExpired(run: RunState): boolean {
    return Date.parse(run.leaseUntil) <= this.#now();
  }

  /** An order of a run whose lease is over comes too late: the node may be asking the arbiter at this moment. */
  #expect(order: SwitchOrder, verb: string, phases: readonly Phase[]): void {
    if (this.#run?.runId !== order.runId || this.#run.generation !== order.generation || this.#run.to !== order.to) {
      throw refuse('NOT_AS_EXPECTED', `${verb}: this node is ${this.#phase}${this.#run === undefined ? '' : ` for run ${this.#run.runId}`}, not in run ${order.runId}`);
    }
    if (!phases.includes(this.#phase)) throw refuse('NOT_AS_EXPECTED', `${verb}: this node is ${this.#phase} (allowed: ${phases.join(', ')})`);
    if (this.#phase !== 'flipped' && this.#isExpired(this.#run)) throw refuse('NOT_AS_EXPECTED', `${verb}: the lease of run ${order.runId} ended at ${this.#run.leaseUntil}`);
  }

  async #alone<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(act, act);
    this.#last = mine.catch(() => {});
    return await mine;
  }
}

/** A node that starts into a switch has not heard from its run yet: it gets the whole lease. */
function runOf({ runId, generation, to, by, leaseMs }: Intent, nowMs: number): RunState {
  return { runId, generation, to, by, leaseUntil: new Date(nowMs + leaseMs).toISOString() };
}

function refuse(code: 'NOT_AS_EXPECTED' | 'LOCKED' | 'UNAVAILABLE', message: string): GwctlError {
  return new GwctlError(code, message);
}
