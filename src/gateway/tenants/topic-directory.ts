import type { Soon } from '../bytes/soon.ts';
import type { TenantNames } from './tenant-names.ts';

/** Which topics the active cluster has, by physical name and by its own ids. Other clusters give other ids (hazard H1). */
export interface TopicDirectory {
  /** Reads all topics again, at most once a second; the last reading stays when it fails. Never rejects. */
  refresh(): Promise<void>;
  topics(): Iterable<string>;
  /** undefined: not there as far as is known. */
  idOf(topic: string): string | undefined;
  nameOf(id: string): string | undefined;
}

/** What the active cluster calls a topic of this client, or undefined. */
export function realIdOf(virtualId: string, names: TenantNames, directory: TopicDirectory): string | undefined {
  const name = names.topicIds.nameOf(virtualId);
  return name === undefined ? undefined : directory.idOf(names.topicToPhysical(name));
}

/**
 * Makes sure that these virtual ids can be turned into names, as far as there are such topics: a node that was restarted has heard of none,
 * while its clients go on with the ids that they have.
 */
export function learnTopicIds(ids: readonly string[], names: TenantNames, directory: TopicDirectory): Soon<void> {
  if (ids.every((id) => names.topicIds.nameOf(id) !== undefined)) return;
  rememberTopics(names, directory);
  if (ids.every((id) => names.topicIds.nameOf(id) !== undefined)) return;
  return directory.refresh().then(() => rememberTopics(names, directory));
}

function rememberTopics(names: TenantNames, directory: TopicDirectory): void {
  for (const topic of directory.topics()) {
    const virtual = names.topicToVirtual(topic);
    if (virtual !== undefined) names.topicIds.idOf(virtual);
  }
}
