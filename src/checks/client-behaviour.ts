/** What a client does when the cluster behind it changes, as the client matrix has seen it. */
export interface ClientBehaviour {
  readonly does: string;
  /** It was run through switches, with this major version or a neighbour of it. */
  readonly isProven: boolean;
}

const GOES_ON = 'goes on';
const COMMITS_BY_TIMER = 'goes on; commits by its timer, so its group takes a second longer to stop';

const KNOWN: Readonly<Record<string, string>> = {
  'apache-kafka-java': `${GOES_ON}; a transaction open for more than a second is aborted`,
  librdkafka: GOES_ON,
  'confluent-kafka-python': GOES_ON,
  aiokafka: GOES_ON,
  sarama: GOES_ON,
  kgo: COMMITS_BY_TIMER,
  'platformatic-kafka': COMMITS_BY_TIMER,
};

/** Those that say nothing are old clients and kafkajs: they refresh their metadata when a leader is stale. */
export function behaviourOf({ software }: { readonly software: string }): ClientBehaviour {
  if (software === '') return { does: GOES_ON, isProven: true };
  const does = KNOWN[software];
  return does === undefined ? { does: 'not known', isProven: false } : { does, isProven: true };
}
