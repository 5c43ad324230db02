import { fail, pass, skip, some, type Check } from './check.ts';
import type { Observation } from './observation.ts';
import { replicatedTopics } from './replicated-topics.ts';
import { counted } from '../shared/counted.ts';

const TOPIC_LIMIT = 'max.message.bytes';

/** A record that the source takes and the target does not stops the replicator first, and producers after the switch. */
export const messageSizes: Check = {
  id: 'message-sizes',
  title: 'the target takes batches as large as the source does',
  run: (seen) => {
    const { active, to, clusters, link } = seen;
    if (active === to) return pass(`${to} is active already`);
    const source = active === undefined ? undefined : clusters.get(active);
    if (source?.ok !== true || link === undefined || active === undefined) return skip('one of the two clusters cannot be read, or nothing replicates between them');
    const topics = replicatedTopics(source.value.description, link).map(({ name }) => name);
    const limits = topics.map((topic) => ({ topic, here: limitOf(seen, active, topic), there: limitOf(seen, to, topic) }));
    const known = limits.flatMap(({ topic, here, there }) => (here === undefined || there === undefined ? [] : [{ topic, here, there }]));
    if (known.length < limits.length) return skip('the limits of one of the two clusters cannot be read');
    const smaller = known.filter(({ here, there }) => there < here);
    if (smaller.length === 0) return pass(known.length === 0 ? 'no topic is replicated' : `${counted(known.length, 'topic')}, at least ${Math.min(...known.map(({ there }) => there))} bytes on ${to}`);
    return fail(`smaller on ${to}: ${some(smaller.map(({ topic, here, there }) => `${topic}: ${there} bytes (on ${active}: ${here})`))}`, `raise max.message.bytes of the topic, or message.max.bytes of the brokers of ${to}`);
  },
};

/** What was set on the topic, else what the brokers take. */
function limitOf({ clusters, details }: Observation, cluster: string, topic: string): number | undefined {
  const view = clusters.get(cluster);
  const own = view?.ok === true ? view.value.configs.get(topic)?.get(TOPIC_LIMIT) : undefined;
  if (own !== undefined) return Number(own);
  const brokers = details?.clusters.get(cluster);
  return brokers?.ok === true ? brokers.value.messageMaxBytes : undefined;
}
