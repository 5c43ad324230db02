import { counted } from '../../shared/counted.ts';
import { pollUntilExpected } from '../poll.ts';
import type { StepRunner } from '../step-tools.ts';
import { clusterOf } from './find.ts';

/** Lists the topics of a cluster, past the gateways. */
export const expectTopics: StepRunner<'expectTopics'> = async ({ cluster: name, contains = [], notContains = [], within }, tools) => {
  const cluster = clusterOf(tools, name);
  const topics = await pollUntilExpected({ ...tools, withinMs: within }, async () => {
    const names = (await cluster.describe()).topics.map((topic) => topic.name).sort();
    const missing = contains.filter((topic) => !names.includes(topic));
    const present = notContains.filter((topic) => names.includes(topic));
    if (missing.length > 0) return { ok: false, expected: `${missing.join(', ')} on ${name}`, seen: names.join(', ') };
    if (present.length > 0) return { ok: false, expected: `no ${present.join(', ')} on ${name}`, seen: names.join(', ') };
    return { ok: true, value: names };
  });
  return { seen: `${counted(topics.length, 'topic')} on ${name}`, details: topics, evidence: { topics } };
};
