import type { Posture, Standing } from '../../src/arbiter/state-rules.ts';
import { SwitchController, type SwitchEffects } from '../../src/gateway/switch/switch-controller.ts';
import { GwctlError } from '../../src/shared/errors.ts';
import type { SwitchOrder } from '../../src/shared/admin-api.ts';

export const ORDER: SwitchOrder = { runId: 'run-1', generation: 2, to: 'failover', leaseMs: 1000 };

/** A controller without a node: a test sets what the world says, and reads what was done to the node. */
export class ControlledNode {
  readonly done: string[] = [];
  isDrained = true;
  /** What the log of the switch says. */
  decided: 'commit' | 'abort' | undefined;
  isLogGone = false;
  /** A switch that happened since, by the logs. */
  later: Standing | undefined;
  closing: Promise<void> = Promise.resolve();
  flipping = async (): Promise<void> => {};
  now = 0;
  readonly effects: SwitchEffects = {
    prepare: async (to) => {
      if (to === 'nowhere') throw new Error('cannot be reached');
      return { brokers: [1], topicMappings: 0, virtualClusters: 0 };
    },
    drainGroups: async () => ({ members: 0, drained: 0 }),
    openGroups: async () => {},
    closeGate: async () => {
      this.done.push('close gate');
      await this.closing;
    },
    openGate: async () => void this.done.push('open gate'),
    drain: async () => this.isDrained,
    decision: async (_run, wanted) => {
      if (this.isLogGone) throw new GwctlError('UNAVAILABLE', 'the log cannot be read');
      this.decided ??= wanted;
      return this.decided;
    },
    posture: async (standing) => ({ kind: 'serve', standing: this.later ?? standing }),
    laterCommit: async () => this.later,
    remember: async (generation, active, pledge) => void this.done.push(pledge === undefined ? `remember ${generation} ${active}` : `pledge ${pledge.runId}`),
    flip: async (to, generation) => {
      this.done.push(`flip ${to} ${generation}`);
      await this.flipping();
    },
  };
  readonly controller: SwitchController;

  /** It serves main in generation 1 unless `posture` says otherwise. */
  constructor(posture: Posture = { kind: 'serve', standing: { generation: 1, active: 'main' } }) {
    this.controller = new SwitchController(posture, this.effects, () => this.now);
  }

  async upTo(phase: 'prepared' | 'paused' | 'drained' | 'flipped'): Promise<void> {
    await this.controller.prepare(ORDER);
    if (phase === 'prepared') return;
    await this.controller.pause(ORDER);
    if (phase === 'paused') return;
    await this.controller.drain(ORDER);
    if (phase === 'drained') return;
    this.decided = 'commit';
    await this.controller.flip(ORDER);
  }
}
