import { replicatedTopics } from '../checks/replicated-topics.ts';
import type { Plan } from '../plan/plan.ts';
import type { ClusterDescription, TopicPartition } from '../ports/kafka-cluster.ts';
import type { Copying } from '../ports/takeover.ts';
import type { StepEvidence } from './step.ts';

const NAMED = 5;

export function copiedPartitions(description: ClusterDescription, link: { readonly topics: string }): TopicPartition[] {
  return replicatedTopics(description, link).flatMap(({ name, partitions }) => partitions.map(({ index }) => ({ topic: name, partition: index })));
}

/** Topics that were made after the replication had been taken over: MirrorMaker, which would find them, has no process. */
export async function takeIn(copying: Copying, partitions: readonly TopicPartition[], note: (text: string) => void): Promise<void> {
  const added = await copying.include(partitions);
  if (added.length > 0) note(`made meanwhile, and copied from now on: ${some(new Set(added.map(({ topic }) => topic)))}`);
}

/** Topics that were deleted after the replication had been taken over: there is nothing of them to wait for. */
export function leftOutOf({ leftOut }: Copying, { from, to }: Pick<Plan, 'from' | 'to'>, note: (text: string) => void): StepEvidence {
  if (leftOut.size === 0) return {};
  note(`deleted on ${from} meanwhile, and left as they are on ${to}: ${some(leftOut)}`);
  return { deletedMeanwhile: [...leftOut] };
}

function some(names: ReadonlySet<string>): string {
  const listed = [...names].slice(0, NAMED).join(', ');
  return names.size > NAMED ? `${listed} and ${names.size - NAMED} more` : listed;
}
