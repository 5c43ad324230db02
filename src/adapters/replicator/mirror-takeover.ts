import type { KafkaClientOptions } from '../../client/client-options.ts';
import { openKafkaClient } from '../../client/kafka-client.ts';
import { startCopier, type Copier } from '../../copier/copier.ts';
import type { Takeover } from '../../ports/takeover.ts';
import { GwctlError } from '../../shared/errors.ts';
import { renderTakeoverHold } from '../../shared/takeover-hold.ts';
import type { MirrorLink } from '../../topology/topology.ts';
import { fenceMirrorMaker } from './fence-mirror-maker.ts';

/** The process of MirrorMaker, in the hands of whoever runs the environment. */
export interface MirrorProcess {
  heldBecause(): Promise<string | undefined>;
  /** Ends it at once, and keeps it from being started. */
  hold(reason: string): Promise<void>;
  release(): Promise<void>;
}

export interface MirrorTakeoverOptions {
  readonly link: MirrorLink;
  readonly mirrorMaker: MirrorProcess;
  readonly source: KafkaClientOptions;
  readonly target: KafkaClientOptions;
}

/** MirrorMaker's link in gwctl's hands: held first, because a process that lives starts its tasks anew; then fenced, then copied. */
export function mirrorTakeover({ link, mirrorMaker, source, target }: MirrorTakeoverOptions): Takeover {
  let copier: Copier | undefined;
  let acting: Promise<void> = Promise.resolve();
  /** A process that is still being ended, because nobody waited for it, must not be ended after it was started again. */
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    acting = acting.then(act, act);
    return acting;
  };
  const end = async (): Promise<void> => {
    const ended = copier;
    copier = undefined;
    await ended?.stop();
  };
  return {
    heldBecause: () => mirrorMaker.heldBecause(),
    get copying() {
      return copier;
    },
    begin: async (runId, partitions) => {
      await end();
      await inTurn(() => mirrorMaker.hold(renderTakeoverHold({ runId, from: link.from, to: link.to })));
      const client = openKafkaClient(target);
      const { sourceTasks: [transactionalId] } = await fenceMirrorMaker(client, link).finally(() => client.close());
      if (transactionalId === undefined) throw new GwctlError('CHECK_FAILED', `${link.name} has never copied in transactions, so its replication cannot be taken over`);
      copier = startCopier({ name: link.name, from: link.from, transactionalId, partitions, source: openKafkaClient(source), target: openKafkaClient(target) });
      return copier;
    },
    giveBack: async () => {
      await end();
      await inTurn(() => mirrorMaker.release());
    },
    retire: async (reason) => {
      await end();
      await inTurn(() => mirrorMaker.hold(reason));
    },
    close: end,
  };
}
