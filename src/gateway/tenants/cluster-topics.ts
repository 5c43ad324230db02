import type { KafkaClient } from '../../client/kafka-client.ts';
import type { TopicMetadata } from '../../client/metadata-cache.ts';
import { ERROR } from '../../wire/error-codes.ts';
import type { TopicDirectory } from './topic-directory.ts';

/** A client may ask for as many unknown ids as it likes: the cluster is asked no more often than this. */
const REFRESH_INTERVAL_MS = 1000;

/** The topics of one cluster with the ids that this cluster gave them, as of the last reading. */
export class ClusterTopics implements TopicDirectory {
  readonly #client: Pick<KafkaClient, 'metadata'>;
  readonly #now: () => number;
  #idByName: ReadonlyMap<string, string> = new Map();
  #nameById: ReadonlyMap<string, string> = new Map();
  #askedAt = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(client: Pick<KafkaClient, 'metadata'>, now: () => number = () => performance.now()) {
    this.#client = client;
    this.#now = now;
  }

  /** What a reading of all topics said. */
  remember(topics: readonly TopicMetadata[]): void {
    const found = topics.filter(({ errorCode }) => errorCode === ERROR.NONE || errorCode === ERROR.LEADER_NOT_AVAILABLE);
    this.#idByName = new Map(found.map(({ name, topicId }) => [name, topicId]));
    this.#nameById = new Map(found.map(({ name, topicId }) => [topicId, name]));
  }

  async refresh(): Promise<void> {
    if (this.#asking === undefined) {
      if (this.#now() - this.#askedAt < REFRESH_INTERVAL_MS) return;
      this.#askedAt = this.#now();
      this.#asking = this.#client
        .metadata()
        .then(({ topics }) => this.remember(topics))
        .catch(() => {}) // a cluster that does not answer: the clients' own requests will tell
        .finally(() => {
          this.#asking = undefined;
        });
    }
    await this.#asking;
  }

  topics(): Iterable<string> {
    return this.#idByName.keys();
  }

  idOf(topic: string): string | undefined {
    return this.#idByName.get(topic);
  }

  nameOf(id: string): string | undefined {
    return this.#nameById.get(id);
  }
}
