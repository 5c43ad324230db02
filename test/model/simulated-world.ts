import type { StateLog } from '../../src/arbiter/state-log.ts';
import type { StateRecord } from '../../src/arbiter/state-record.ts';
import { lastCommit, type Posture, type Standing } from '../../src/arbiter/state-rules.ts';
import type { Observation } from '../../src/checks/observation.ts';
import type { World } from '../../src/checks/observe-world.ts';
import { runPlan, type RunResult } from '../../src/engine/run-plan.ts';
import type { NodeMemory } from '../../src/gateway/switch/node-memory.ts';
import { SwitchArbiter } from '../../src/gateway/switch/switch-arbiter.ts';
import { SwitchController, type SwitchEffects } from '../../src/gateway/switch/switch-controller.ts';
import { planUnplanned } from '../../src/plan/plan-unplanned.ts';
import { planSwitch } from '../../src/plan/plan-switch.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { GatewayAdmin } from '../../src/ports/gateway-admin.ts';
import type { KafkaCluster } from '../../src/ports/kafka-cluster.ts';
import type { NodeState, SwitchOrder, SwitchVerb } from '../../src/shared/admin-api.ts';
import { GwctlError } from '../../src/shared/errors.ts';
import { STEPS } from '../../src/steps/step-registry.ts';
import { leaseMsOf, type StepRegistry } from '../../src/steps/step.ts';
import { TOPOLOGY } from '../support/observation.ts';
import type { Schedule } from './schedule.ts';

/** Taken away to see that the schedules notice. */
export type Cut = 'asks-arbiter' | 'restart-reads' | 'joiner-waits' | 'intent' | 'fences-itself';

/** One life of a node, from its start to its crash. */
interface Life {
  controller: SwitchController | undefined;
  isOver: boolean;
  gate: boolean;
  /** Where writes would go. */
  connected: string;
  inFlight: boolean;
  /** Orders to the gate take effect in the order in which they were given. */
  gateOrders: number;
  gateDone: number;
  /** Left out of an unplanned switch while it let writes pass, and it has not noticed yet: what the design accepts. */
  isBehind: boolean;
  /** It looks at the logs, to decide whether it lets writes pass; and what it has seen is older than such a switch. */
  isLooking: boolean;
  hasOldNews: boolean;
}

const CLUSTERS = ['main', 'failover'];
const noop = async () => ({});
const NOTHING_LOST = { topics: [], records: 0, bytes: 0, seconds: 0, isExact: true, unknown: [], notMirrored: [] };
const AT_MS = Date.UTC(2026, 0, 1);
/** Steps that look at Kafka itself always succeed here. */
const KAFKA_STEPS = { 'align-leaders': { ...STEPS['align-leaders'], apply: noop }, 'prove-tail': { ...STEPS['prove-tail'], apply: noop }, 'move-groups': { ...STEPS['move-groups'], apply: noop }, 'prove-switch': { ...STEPS['prove-switch'], apply: noop }, 'fence-source': { ...STEPS['fence-source'], apply: noop, undo: 'nothing' }, 'confirm-loss': { ...STEPS['confirm-loss'], apply: noop } } as const;
const forever = (): Promise<never> => new Promise(() => {});
const unavailable = (what: string): GwctlError => new GwctlError('UNAVAILABLE', what);

/** The real controller, arbiter, engine and steps in a world of memory, whose every event waits for its turn. */
export class SimulatedWorld {
  readonly #schedule: Schedule;
  readonly #cuts: ReadonlySet<Cut>;
  readonly #logs = new Map<string, StateRecord[]>(CLUSTERS.map((name) => [name, []]));
  readonly #memory = new Map<string, NodeMemory>();
  readonly #unplanned = new Set<string>();
  readonly #lives = new Map<string, Life>();
  readonly #blind = new Set<string>();
  readonly #runs = new Map<string, RunResult | 'running' | 'dead'>();
  #nowMs = 0;
  /** Failures may happen. */
  isRough = true;
  /** How seldom: each failure is so many times rarer. */
  readonly #calm: number;

  constructor(schedule: Schedule, cuts: ReadonlySet<Cut> = new Set(), calm = 1) {
    this.#schedule = schedule;
    this.#calm = calm;
    this.#cuts = cuts;
  }

  passTime(ms: number): void {
    this.#nowMs += ms;
  }

  get leaseMs(): number {
    return leaseMsOf({ world: { topology: TOPOLOGY } as World });
  }

  blind(who: string, cluster: string): void {
    this.#blind.add(`${who}:${cluster}`);
    this.#schedule.note(`${who} does not see ${cluster}`);
  }

  heal(): void {
    this.#blind.clear();
    this.#schedule.note('every log is seen again');
  }

  crash(name: string): void {
    const life = this.#lives.get(name);
    if (life === undefined) return;
    Object.assign(life, { isOver: true, gate: false, inFlight: false });
    this.#lives.delete(name);
    this.#schedule.note(`${name} crashes`);
  }

  isUp(name: string): boolean {
    return this.#lives.has(name);
  }

  /** As gateway-node.ts starts one. */
  start(name: string): void {
    if (this.#lives.has(name)) return;
    this.#schedule.note(`${name} starts`);
    const known = this.#memory.get(name) ?? { generation: 1, active: 'main' };
    const life: Life = { controller: undefined, isOver: false, gate: false, connected: known.active, inFlight: false, gateOrders: 0, gateDone: 0, isBehind: false, isLooking: false, hasOldNews: false };
    this.#lives.set(name, life);
    const logs = new Map(CLUSTERS.map((cluster) => [cluster, this.#logFor(name, cluster, life)]));
    const peers = ['A', 'B', 'C'].filter((peer) => peer !== name).map((peer) => async () => {
      await this.#turn(`${name} asks ${peer}`, life);
      return this.#stateOf(peer);
    });
    const arbiter = new SwitchArbiter({ node: name, logs, peers, log: { info: () => {}, warn: () => {} } as never });
    void this.#serve(name, life, arbiter, known);
  }

  async #serve(name: string, life: Life, arbiter: SwitchArbiter, known: NodeMemory): Promise<void> {
    const posture: Posture = this.#cuts.has('restart-reads') ? { kind: 'serve', standing: known } : await this.#look(life, arbiter, known, known.pledge);
    this.#memory.set(name, { ...posture.standing, ...(known.pledge === undefined ? {} : { pledge: known.pledge }) });
    life.connected = posture.standing.active;
    life.gate = posture.kind === 'serve';
    life.inFlight = life.gate;
    this.#believes(life, known);
    life.isLooking = false;
    const controller: SwitchController = new SwitchController(posture, this.#effects(name, life, arbiter, () => controller.active), () => AT_MS + this.#nowMs, known.pledge);
    life.controller = controller;
    void this.#repeat(`${name} settles`, life, async () => {
      await controller.settle();
      if (controller.isLost) await controller.find(await this.#look(life, arbiter, controller.state, controller.pledge));
    });
    for (const cluster of CLUSTERS) {
      void this.#repeat(`${name} watches ${cluster}`, life, async () => {
        if (!this.#cuts.has('fences-itself')) await arbiter.look(cluster, controller);
      });
    }
  }

  /** Somebody who believes a peer that was left out of an unplanned switch is left out with it; unless a run counts on its pause. */
  #believes(life: Life, { pledge }: Partial<NodeMemory>): void {
    life.isBehind = life.gate && pledge === undefined && (life.hasOldNews || [...this.#lives.values()].some((other) => other !== life && other.isBehind && other.connected === life.connected));
  }

  async #look(life: Life, arbiter: SwitchArbiter, known: Standing, pledge?: NodeMemory['pledge']): Promise<Posture> {
    Object.assign(life, { isLooking: true, hasOldNews: false });
    const posture = await arbiter.posture(known, pledge);
    return posture.kind === 'wait' && this.#cuts.has('joiner-waits') ? { kind: 'serve', standing: posture.standing } : posture;
  }

  #effects(name: string, life: Life, arbiter: SwitchArbiter, active: () => string): SwitchEffects {
    const act = async (what: string): Promise<void> => await this.#turn(`${name} ${what}`, life);
    return {
      prepare: async (to) => {
        await act('prepares');
        await arbiter.join(to);
        return { brokers: [1], topicMappings: 0, virtualClusters: 0 };
      },
      drainGroups: async () => (await act('drains groups'), { members: 0, drained: 0 }),
      openGroups: async () => {},
      closeGate: async () => await this.#orderGate(name, life, false),
      openGate: async () => await this.#orderGate(name, life, true),
      drain: async () => {
        await act('drains');
        if (life.gate) return false;
        life.inFlight = false;
        return true;
      },
      decision: async (run, wanted) => (this.#cuts.has('asks-arbiter') && wanted === 'abort' ? 'abort' : await arbiter.decision(run, active(), wanted)),
      posture: async (standing) => (this.#cuts.has('asks-arbiter') ? { kind: 'serve', standing } : await this.#look(life, arbiter, standing)),
      laterCommit: async (standing) => await arbiter.laterCommit(standing),
      remember: async (generation, to, pledge) => {
        await act(pledge === undefined ? `remembers ${to}` : `remembers ${pledge.runId}`);
        this.#memory.set(name, { generation, active: to, ...(pledge === undefined ? {} : { pledge }) });
      },
      flip: async (to) => {
        await act(`flips to ${to}`);
        if (this.#fails(12)) throw unavailable(`${name}: a worker did not flip`);
        life.connected = to;
        life.inFlight = life.gate;
      },
    };
  }

  async #orderGate(name: string, life: Life, isOpen: boolean): Promise<void> {
    life.gateOrders++;
    const order = life.gateOrders;
    await this.#turn(`${name} ${isOpen ? 'opens' : 'closes'} its gate`, life);
    if (order < life.gateDone) return;
    life.gateDone = order;
    life.gate = isOpen;
    life.isLooking = false;
    if (isOpen && !life.isBehind) this.#believes(life, this.#memory.get(name) ?? {});
    life.inFlight ||= isOpen;
  }

  /** gwctl plans and runs a switch away from what the nodes serve, for the nodes of its configuration. */
  startRun(runId: string, names: readonly string[], isUnplanned = false): void {
    if (this.#runs.has(runId)) return;
    const states = names.map((name) => this.#stateOf(name, false));
    const first = states[0];
    if (first === undefined || states.some((state) => state?.active !== first.active || state.generation !== first.generation)) return;
    const stateLogs = new Map([...this.#logs].map(([name, log]) => [name, { ok: true, value: [...log] }]));
    const to = first.active === 'main' ? 'failover' : 'main';
    const seen = { active: first.active, generation: first.generation, stateLogs, topology: TOPOLOGY, nodes: names.map((name, index) => ({ name, state: { ok: true, value: states[index] } })) };
    const request = { to, expectActive: undefined };
    const plan = isUnplanned
      ? planUnplanned({ ...request, budget: {} }, { seen: { ...seen, stateLogs: new Map([...stateLogs].filter(([name]) => name === to)) } as unknown as Observation, loss: NOTHING_LOST, source: { ok: false, why: '' }, withoutNodes: [], answering: [] })
      : planSwitch(request, seen as unknown as Observation);
    if (isUnplanned) this.#unplanned.add(runId);
    const life = { isOver: false };
    const clusters = new Map(CLUSTERS.map((name) => [name, { name, stateLog: this.#logFor(runId, name, life) } as KafkaCluster]));
    const world = { topology: TOPOLOGY, operator: runId, gateways: names.map((name) => this.#adminFor(runId, name, life)), clusters, replicator: () => undefined } as World;
    const clock: Clock = {
      now: () => new Date(AT_MS + this.#nowMs),
      elapsedMs: () => this.#nowMs,
      sleep: async (ms) => {
        await this.#turn(`${runId} waits`, life);
        this.#nowMs += ms;
      },
    };
    const steps: StepRegistry = { ...STEPS, ...KAFKA_STEPS, ...(this.#cuts.has('intent') ? { 'declare-intent': { ...STEPS['declare-intent'], apply: noop } } : {}) };
    this.#runs.set(runId, 'running');
    this.#schedule.note(`${runId} starts: ${plan.from} to ${plan.to}, generation ${plan.generation}`);
    this.#ends.set(runId, () => {
      life.isOver = true;
      this.#runs.set(runId, 'dead');
    });
    void runPlan({ runId, plan, world, canary: {} as never, clock, steps, signal: new AbortController().signal, listeners: [] }).then((result) => {
      if (!life.isOver) this.#runs.set(runId, result);
      this.#schedule.note(`${runId} ends: ${result.outcome} ${result.error?.message ?? ''}`);
    });
  }

  readonly #ends = new Map<string, () => void>();

  crashRun(runId: string): void {
    if (this.#runs.get(runId) !== 'running') return;
    this.#schedule.note(`gwctl of ${runId} crashes`);
    this.#ends.get(runId)?.();
  }

  get outcomes(): readonly string[] {
    return [...this.#runs.values()].map((result) => (typeof result === 'string' ? result : result.outcome));
  }

  violation(): string | undefined {
    const truth = this.#truth();
    const lives = [...this.#lives];
    for (const [, life] of lives) if (!life.gate && !life.inFlight) life.isBehind = false;
    const open = new Set(lives.filter(([, { gate, isBehind }]) => gate && !isBehind).map(([, { connected }]) => connected));
    if (open.size > 1) return `two clusters at once: ${lives.map(([name, { gate, connected }]) => `${name} ${gate ? 'lets writes pass' : 'holds writes'} to ${connected}`).join(', ')}`;
    const wrong = lives.find(([, { gate, inFlight, connected, isBehind }]) => (gate || inFlight) && !isBehind && connected !== truth.active);
    return wrong === undefined ? undefined : `${wrong[0]} acknowledges writes on ${wrong[1].connected}, and ${truth.active} is active since generation ${truth.generation}`;
  }

  get isFinished(): boolean {
    const truth = this.#truth();
    return !this.outcomes.includes('running') && [...this.#lives.values()].every(({ gate, connected, controller }) => gate && connected === truth.active && controller?.state.phase === 'serving' && controller.generation === truth.generation);
  }

  describe(): string {
    return [...this.#lives].map(([name, { gate, connected, controller }]) => `${name}: gate ${gate ? 'open' : 'closed'}, ${connected}, ${JSON.stringify(controller?.state)}`).join('; ');
  }

  #truth(): Standing {
    return lastCommit(this.#logs) ?? { generation: 1, active: 'main' };
  }

  #fails(oneIn: number): boolean {
    return this.isRough && this.#schedule.dice(oneIn * this.#calm) === 0;
  }

  /** Who has died in the meantime does not go on. */
  async #turn(what: string, life: { readonly isOver: boolean }): Promise<void> {
    await this.#schedule.turn(what);
    if (life.isOver) await forever();
  }

  async #repeat(what: string, life: Life, act: () => Promise<void>): Promise<void> {
    for (;;) {
      await this.#turn(what, life);
      await act().catch(() => {});
    }
  }

  #logFor(who: string, cluster: string, life: { readonly isOver: boolean }): StateLog {
    const log = this.#logs.get(cluster) ?? [];
    const push = (record: StateRecord): void => {
      const before = this.#truth();
      log.push(record);
      const now = this.#truth();
      if (now.generation === before.generation || !('runId' in record) || !this.#unplanned.has(record.runId)) return;
      for (const [name, other] of this.#lives) {
        if (other.connected === now.active || other.controller?.state.run?.runId === record.runId || this.#memory.get(name)?.pledge?.runId === record.runId) continue;
        if (other.isLooking) other.hasOldNews = true;
        if (other.gate || other.inFlight) other.isBehind = true;
      }
    };
    const look = async (what: string): Promise<void> => {
      await this.#turn(`${who} ${what} ${cluster}`, life);
      if (this.#blind.has(`${who}:${cluster}`)) throw unavailable(`${cluster} cannot be reached`);
    };
    return {
      read: async () => {
        await look('reads');
        return [...log];
      },
      append: async (record) => {
        await look(`appends ${record.kind} to`);
        if (!this.#fails(10)) return void push(record);
        const fate = this.#schedule.dice(3);
        if (fate === 0) push(record);
        if (fate === 1) void this.#schedule.turn(`late: ${record.kind} of ${who} on ${cluster}`).then(() => push(record));
        this.#schedule.note(`${who} hears nothing of its ${record.kind} (${['written', 'late', 'lost'][fate] ?? ''})`);
        throw unavailable(`${cluster} did not answer`);
      },
      changed: async () => {},
    };
  }

  #stateOf(name: string, needsPosture = true): NodeState {
    const controller = this.#lives.get(name)?.controller;
    if (controller === undefined || (!needsPosture && controller.isLost)) {
      if (!needsPosture) return undefined as never;
      throw unavailable(`${name} does not answer`);
    }
    return { node: name, ...controller.state, connections: 0, heldWrites: 0, inFlightWrites: 0, startedAt: '' };
  }

  #adminFor(runId: string, name: string, life: { readonly isOver: boolean }): GatewayAdmin {
    const call = async <T>(verb: SwitchVerb, act: (controller: SwitchController) => Promise<T>): Promise<T> => {
      await this.#turn(`${runId}: ${verb} ${name}`, life);
      const controller = this.#lives.get(name)?.controller;
      if (controller === undefined) throw unavailable(`${name} does not answer`);
      const fate = this.#fails(12) ? this.#schedule.dice(3) : undefined;
      if (fate === 0) throw unavailable(`${name} was not reached`);
      if (fate === 1) {
        void this.#schedule.turn(`late: ${runId}: ${verb} ${name}`).then(() => this.#lives.get(name)?.controller).then((later) => (later === undefined ? undefined : act(later))).catch(() => {});
        throw unavailable(`${name} did not answer`);
      }
      // A node that dies does not answer: the caller hears that after a while.
      const answer = await Promise.race([act(controller), this.#death(name, controller)]);
      if (fate === 2) throw unavailable(`${name} did not answer`);
      if (life.isOver) await forever();
      return answer;
    };
    const stateNow = (): NodeState => this.#stateOf(name);
    const unused = (): never => {
      throw new Error('not part of a switch');
    };
    return {
      node: name,
      state: async () => stateNow(),
      acknowledged: unused,
      clients: unused,
      virtualClusters: unused,
      issueToken: unused,
      revoke: unused,
      switchAlone: unused,
      prepare: async (order) => await call('prepare', async (controller) => ({ ...(await controller.prepare(order)), state: stateNow() })),
      drainGroups: async (order) => await call('drain-groups', async (controller) => ({ ...(await controller.drainGroups(order)), state: stateNow() })),
      order: async (verb: Exclude<SwitchVerb, 'prepare' | 'drain-groups'>, order: SwitchOrder) =>
        await call(verb, async (controller) => {
          await controller[verb](order);
          return stateNow();
        }),
    };
  }

  async #death(name: string, controller: SwitchController): Promise<never> {
    while (this.#lives.get(name)?.controller === controller) await this.#schedule.turn(`${name} is waited for`);
    throw unavailable(`${name} went away`);
  }
}

