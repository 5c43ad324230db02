import { isSame, type Introduced, type TransactionalProducer } from './transactional-producer.ts';

/** All that one process of a node knows of a transactional producer and that decides how another one serves it. */
export interface ProducerNote extends Omit<TransactionalProducer, 'introduction'> {
  readonly isOpen: boolean;
}

/**
 * Hears of every change of a producer; not of what a move does to all, since each process moves. `isAwaited`: an answer to the client waits until
 * the others know it, so what is returned must resolve in any case, soon.
 */
export type ProducerTeller = (transactionalId: string, note: ProducerNote, isAwaited: boolean) => Promise<void> | undefined;

/** What can be told of a producer. */
export function noteOf({ introduction: _, ...producer }: TransactionalProducer, isOpen: boolean): ProducerNote {
  return { ...producer, isOpen };
}

/** The producer as somebody else knows it. What is learned here of its partitions meanwhile stays known, and an introduction under way goes on. */
export function learnNote(before: TransactionalProducer | undefined, { isOpen: _, ...note }: ProducerNote): TransactionalProducer {
  if (before === undefined || !isSame(before, note)) return { ...note, introduction: undefined };
  return Object.assign(before, note, { introduced: merge(before.introduced, note.introduced) });
}

/** Two processes may learn the first sequences of different partitions at once. */
function merge(before: Introduced | undefined, told: Introduced | undefined): Introduced | undefined {
  if (before?.firstSequences === undefined || told?.firstSequences === undefined || !isSame(before, told)) return told;
  return { ...told, firstSequences: new Map([...told.firstSequences, ...before.firstSequences]) };
}
