import { counted } from '../shared/counted.ts';
import { DRIVERS } from '../shared/gateway-driver.ts';
import { fail, pass, skip, some, type Check, type CheckResult } from './check.ts';
import { totalLag, type LinkLag, type Observation } from './observation.ts';
import { GATEWAY_TOPICS } from './replicated-topics.ts';

/** Without the last mapping the gateway would look for a topic under a wrong name. */
export const topicMappingsReplicated: Check = {
  id: 'topic-mappings-replicated',
  title: '_topicMappings and the gateway\'s other topics are replicated to the last record',
  run: (seen) =>
    withLag(seen, (lag) => {
      const { records, seconds, behind } = totalLag(lag, (topic) => GATEWAY_TOPICS.includes(topic));
      const there = GATEWAY_TOPICS.filter((name) => lag.partitions.some(({ topic }) => topic === name));
      const isOurs = seen.topology.gateways.some(({ driver }) => DRIVERS[driver].tellsState);
      if (!there.includes('_topicMappings') && !isOurs) return skip(`_topicMappings is not on ${seen.active ?? '?'}: nodes without virtual clusters have none`);
      if (!there.includes('_topicMappings')) return fail(`_topicMappings is not on ${seen.active ?? '?'}`, 'a gateway node creates it: is this the cluster that the nodes serve?');
      if (records > 0n) return fail(`${counted(records, 'record')} behind, ${seconds.toFixed(1)} s: ${some(behind.map(({ topic }) => topic))}`, 'wait for MirrorMaker: `gwctl lag` shows it');
      return pass(`${there.join(', ')}: 0 records behind`);
    }),
};

/** A planned switch waits for the rest while producers wait, so little may be left when it starts. */
export const userTopicsReplicated: Check = {
  id: 'user-topics-replicated',
  title: 'user topics are replicated up to the allowed lag',
  run: (seen) =>
    withLag(seen, (lag) => {
      const { maxLagRecords, maxLagSeconds } = seen.topology.failover;
      const isUser = (topic: string): boolean => !GATEWAY_TOPICS.includes(topic);
      const { records, seconds, behind } = totalLag(lag, isUser);
      const topics = new Set(lag.partitions.filter(({ topic }) => isUser(topic)).map(({ topic }) => topic));
      const evidence = `${counted(records, 'record')} behind, ${seconds.toFixed(1)} s, over ${counted(topics.size, 'topic')}`;
      if (records <= BigInt(maxLagRecords) && seconds <= maxLagSeconds) return pass(evidence);
      return fail(
        `${evidence}: ${some(behind.map(({ topic, partition, lagRecords }) => `${topic}-${partition} by ${lagRecords}`))} (allowed: ${counted(maxLagRecords, 'record')}, ${maxLagSeconds} s)`,
        'wait for MirrorMaker (`gwctl lag` shows it), or raise failover.maxLagRecords / failover.maxLagSeconds in gwctl.yaml',
      );
    }),
};

function withLag({ active, to, lag, resumesTakeover }: Observation, judge: (lag: LinkLag) => CheckResult): CheckResult {
  if (active === to) return pass(`${to} is active already`);
  if (resumesTakeover === true) return pass('gwctl copies what is missing before any client waits');
  if (lag === undefined) return skip('nothing replicates in this direction');
  if (!lag.ok) return fail(`the lag is not known: ${lag.why}`, 'without it nobody can say what would be lost; look at both clusters with `gwctl status`');
  return judge(lag.value);
}
