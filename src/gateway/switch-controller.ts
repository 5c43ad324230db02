import type { Phase, RunState, SwitchOrder } from '../shared/admin-api.ts';
import { GwctlError } from '../shared/errors.ts';

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
  closeGate(): Promise<void>;
  openGate(): Promise<void>;
  /** true once no write is in flight. */
  drain(timeoutMs: number): Promise<boolean>;
  /** Durable before it takes effect: a node that restarts must not come back on the cluster that was left. */
  remember(generation: number, active: string): Promise<void>;
  /** Destroys every connection to the cluster that is left, and serves from `to`. */
  flip(to: string, generation: number): Promise<void>;
}

/** Where a node is in a switch (see `Phase`). An order that does not fit the phase changes nothing. */
export class SwitchController {
  readonly #effects: SwitchEffects;
  readonly #now: () => number;
  #phase: Phase = 'serving';
  #run: RunState | undefined;
  #flipping: Promise<void> | undefined;
  /** A flip may fail half-way, and is then repeated. */
  #isFlipDone = true;
  #generation: number;
  #active: string;

  constructor(generation: number, active: string, effects: SwitchEffects, now: () => number = Date.now) {
    this.#generation = generation;
    this.#active = active;
    this.#effects = effects;
    this.#now = now;
  }

  get state(): { phase: Phase; generation: number; active: string; run: RunState | null } {
    return { phase: this.#phase, generation: this.#generation, active: this.#active, run: this.#run ?? null };
  }

  get generation(): number {
    return this.#generation;
  }

  get active(): string {
    return this.#active;
  }

  async prepare(order: SwitchOrder): Promise<PrepareFindings> {
    const run = this.#run;
    if (run !== undefined && run.runId !== order.runId) {
      const until = Date.parse(run.leaseUntil);
      if (this.#phase === 'flipped') throw refuse('NOT_AS_EXPECTED', `run ${run.runId} switched this node to ${run.to} and has not resumed it: resume it first`);
      if (until > this.#now()) throw refuse('LOCKED', `run ${run.runId} holds this node until ${run.leaseUntil}`);
      // The run before is dead and undecided: its pause ends with it.
      await this.#backToServing('same');
    }
    if (order.generation !== this.#generation + 1) {
      throw refuse('NOT_AS_EXPECTED', `generation ${order.generation} does not follow this node's ${this.#generation}`);
    }
    if (order.to === this.#active) throw refuse('NOT_AS_EXPECTED', `${order.to} is already active`);
    const report = await this.#effects.prepare(order.to);
    if (this.#phase === 'serving') this.#phase = 'prepared';
    this.#hold(order);
    return report;
  }

  async drainGroups(order: SwitchOrder): Promise<{ readonly members: number; readonly drained: number }> {
    this.#expect(order, 'drain-groups', ['prepared']);
    this.#hold(order);
    return await this.#effects.drainGroups(order.timeoutMs ?? 5000);
  }

  async pause(order: SwitchOrder): Promise<void> {
    this.#expect(order, 'pause', ['prepared', 'paused', 'drained']);
    this.#hold(order);
    await this.#effects.closeGate();
    this.#expect(order, 'pause', ['prepared', 'paused', 'drained']);
    if (this.#phase === 'prepared') this.#phase = 'paused';
    this.#hold(order);
  }

  async drain(order: SwitchOrder): Promise<void> {
    this.#expect(order, 'drain', ['paused', 'drained']);
    this.#hold(order);
    if (!(await this.#effects.drain(order.timeoutMs ?? 5000))) throw refuse('UNAVAILABLE', 'writes that were sent to the cluster are still unanswered');
    this.#expect(order, 'drain', ['paused', 'drained']);
    this.#phase = 'drained';
  }

  async flip(order: SwitchOrder): Promise<void> {
    const isRepeated = this.#phase === 'flipped' && this.#run?.runId === order.runId;
    if (!isRepeated) this.#expect(order, 'flip', ['drained']);
    else if (this.#isFlipDone) return;
    this.#flipping ??= this.#doFlip(order).finally(() => {
      this.#flipping = undefined;
    });
    await this.#flipping;
  }

  async #doFlip(order: SwitchOrder): Promise<void> {
    if (this.#phase !== 'flipped') {
      await this.#effects.remember(order.generation, order.to);
      this.#phase = 'flipped';
      this.#generation = order.generation;
      this.#active = order.to;
      this.#isFlipDone = false;
      this.#hold(order);
    }
    await this.#effects.flip(order.to, order.generation);
    this.#isFlipDone = true;
  }

  async resume(order: SwitchOrder): Promise<void> {
    if (this.#phase === 'serving' && this.#generation === order.generation && this.#active === order.to) return;
    this.#expect(order, 'resume', ['flipped']);
    // Writes that pass while a part of the node has not moved yet would go to the cluster that was left.
    if (!this.#isFlipDone) throw refuse('UNAVAILABLE', 'resume: the flip is not finished: repeat it');
    await this.#backToServing('moved');
  }

  /** Gives the node back to the cluster that it still serves; after the flip there is no way back. */
  async abort(order: SwitchOrder): Promise<void> {
    if (this.#phase === 'serving' && this.#generation === order.generation - 1) return;
    this.#expect(order, 'abort', ['prepared', 'paused', 'drained']);
    if (this.#flipping !== undefined) throw refuse('NOT_AS_EXPECTED', 'abort: the flip is under way');
    await this.#backToServing('same');
  }

  async #backToServing(groups: 'same' | 'moved'): Promise<void> {
    this.#phase = 'serving';
    this.#run = undefined;
    await Promise.all([this.#effects.openGate(), this.#effects.openGroups(groups)]);
  }

  #hold(order: SwitchOrder): void {
    this.#run = { runId: order.runId, generation: order.generation, to: order.to, leaseUntil: new Date(this.#now() + order.leaseMs).toISOString() };
  }

  #expect(order: SwitchOrder, verb: string, phases: readonly Phase[]): void {
    if (this.#run?.runId !== order.runId || this.#run.generation !== order.generation || this.#run.to !== order.to) {
      throw refuse('NOT_AS_EXPECTED', `${verb}: this node is ${this.#phase}${this.#run === undefined ? '' : ` for run ${this.#run.runId}`}, not in run ${order.runId}`);
    }
    if (!phases.includes(this.#phase)) throw refuse('NOT_AS_EXPECTED', `${verb}: this node is ${this.#phase} (allowed: ${phases.join(', ')})`);
  }
}

function refuse(code: 'NOT_AS_EXPECTED' | 'LOCKED' | 'UNAVAILABLE', message: string): GwctlError {
  return new GwctlError(code, message);
}
