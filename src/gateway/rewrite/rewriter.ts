import { ERROR } from '../../wire/error-codes.ts';
import { alterConfigsResponse, type AlterConfigsRequest, type AlterConfigsResponse } from '../../wire/generated/alter-configs.ts';
import type { ConsumerGroupDescribeResponse } from '../../wire/generated/consumer-group-describe.ts';
import type { ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse } from '../../wire/generated/consumer-group-heartbeat.ts';
import type { DescribeClusterResponse } from '../../wire/generated/describe-cluster.ts';
import { describeConfigsResponse, type DescribeConfigsRequest, type DescribeConfigsResponse } from '../../wire/generated/describe-configs.ts';
import type { DescribeGroupsResponse } from '../../wire/generated/describe-groups.ts';
import { electLeadersResponse, type ElectLeadersRequest } from '../../wire/generated/elect-leaders.ts';
import type { FetchRequest } from '../../wire/generated/fetch.ts';
import type { FindCoordinatorRequest, FindCoordinatorResponse } from '../../wire/generated/find-coordinator.ts';
import { initProducerIdResponse, type InitProducerIdRequest } from '../../wire/generated/init-producer-id.ts';
import type { JoinGroupRequest, JoinGroupResponse } from '../../wire/generated/join-group.ts';
import { listConfigResourcesResponse } from '../../wire/generated/list-config-resources.ts';
import type { ListOffsetsRequest } from '../../wire/generated/list-offsets.ts';
import type { MetadataRequest, MetadataResponse, MetadataResponseBroker } from '../../wire/generated/metadata.ts';
import type { ProduceResponse } from '../../wire/generated/produce.ts';
import type { SyncGroupRequest, SyncGroupResponse } from '../../wire/generated/sync-group.ts';
import { newMessage } from '../../wire/new-message.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import type { SessionAccess } from '../acls/apply-acls.ts';
import { API } from '../api-table.ts';
import type { GuardName } from '../guards.ts';
import type { Endpoints } from '../node-context.ts';
import { newProducerId } from '../producers/producer-id.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';
import type { TopicDirectory } from '../tenants/topic-directory.ts';
import { describedGroupsToVirtual, heartbeatToPhysical, heartbeatToVirtual } from './consumer-groups.ts';
import { CONSUMER_PROTOCOL, rewriteAssignment, rewriteSubscription } from './consumer-protocol.ts';
import { rewriteEntities, towardsBroker, towardsClient } from './entities.ts';
import {
  configNameToPhysical,
  configNameToVirtual,
  CONFIG_RESOURCE,
  isVisibleBrokerConfig,
} from './resources.ts';

/** What a rewrite needs to know of the client and of the node it talks to. */
export interface Surroundings {
  readonly names: TenantNames;
  readonly topics: TopicDirectory;
  /** The cluster id that clients see, whichever cluster is behind (hazard H8). */
  readonly clusterId: string;
  /** That is active now. */
  readonly generation: () => number;
  /** Where this gateway node serves each broker that it has a port for. */
  readonly endpoints: Endpoints;
  /** What the user may do; undefined: everything. */
  readonly access?: SessionAccess | undefined;
  /** Protocol types of the groups that this connection joined: SyncGroup before version 5 does not say. */
  readonly groupProtocols: Map<string, string>;
  /** For tests only. */
  readonly disabledGuards?: ReadonlySet<GuardName> | undefined;
}

type Body = Record<string, unknown>;

/** Either the body goes on to the broker, or the gateway answers for it. */
export type RequestOutcome = { readonly kind: 'forward' } | { readonly kind: 'answer'; readonly body: Body };

const FORWARD: RequestOutcome = { kind: 'forward' };

/** Changes a decoded request, in place, into what the broker shall see. Pure but for `groupProtocols`. */
export function rewriteRequest(api: ApiDefinition, version: number, body: Body, around: Surroundings): RequestOutcome {
  const special = REQUESTS[api.key]?.(body as never, around, version);
  if (special?.kind === 'answer') return special;
  rewriteEntities(api.request.fields, version, body, towardsBroker(around.disabledGuards?.has('epochs-request')), around.names);
  return FORWARD;
}

/** Changes a decoded response, in place, into what the client shall see. */
export function rewriteResponse(api: ApiDefinition, version: number, body: Body, around: Surroundings): void {
  rewriteEntities(api.response.fields, version, body, towardsClient(around.disabledGuards?.has('epochs')), around.names);
  RESPONSES[api.key]?.(body as never, around, version);
}

/** A tenant asked for something that is the operator's. */
const REFUSED = { errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED, errorMessage: 'not available through a virtual cluster' };

/** Who says that it is a broker reads past the high watermark, and moves it: the gateway's own rights on the cluster would allow that. */
const NO_REPLICA = -1;

/** Groups of one connection whose protocol is remembered: mostly it is one. */
const MOST_REMEMBERED = 100;
const LONGEST_REMEMBERED = 1000;

type RequestRule = (body: never, around: Surroundings, version: number) => RequestOutcome | void;
type ResponseRule = (body: never, around: Surroundings, version: number) => void;

const REQUESTS: { readonly [key: number]: RequestRule } = {
  [API.fetch]: (body: FetchRequest) => {
    body.clusterId = null;
    body.replicaId = NO_REPLICA;
  },
  [API.listOffsets]: (body: ListOffsetsRequest) => {
    body.replicaId = NO_REPLICA;
  },
  // A topic that is missing on the other cluster must stay missing: created with defaults it would race with MirrorMaker (H12).
  [API.metadata]: (body: MetadataRequest) => {
    body.allowAutoTopicCreation = false;
  },
  [API.findCoordinator]: (body: FindCoordinatorRequest, { names }) => {
    const toPhysical = (key: string): string => (body.keyType === 1 ? names.transactionalIdToPhysical(key) : names.groupToPhysical(key));
    body.key = toPhysical(body.key);
    body.coordinatorKeys = body.coordinatorKeys.map(toPhysical);
  },
  [API.joinGroup]: (body: JoinGroupRequest, { names, groupProtocols }) => {
    if (body.groupId.length <= LONGEST_REMEMBERED) {
      if (groupProtocols.size >= MOST_REMEMBERED) groupProtocols.clear();
      groupProtocols.set(body.groupId, body.protocolType);
    }
    if (body.protocolType !== CONSUMER_PROTOCOL) return;
    for (const protocol of body.protocols) protocol.metadata = rewriteSubscription(protocol.metadata, (topic) => names.topicToPhysical(topic));
  },
  [API.syncGroup]: (body: SyncGroupRequest, { names, groupProtocols }) => {
    if ((body.protocolType ?? groupProtocols.get(body.groupId) ?? CONSUMER_PROTOCOL) !== CONSUMER_PROTOCOL) return;
    for (const entry of body.assignments) entry.assignment = rewriteAssignment(entry.assignment, (topic) => names.topicToPhysical(topic));
  },
  [API.consumerGroupHeartbeat]: (body: ConsumerGroupHeartbeatRequest, around): RequestOutcome | void => heartbeatToPhysical(body, around),
  // Both clusters hand out the same small producer ids, and a collision drops an acknowledged record as a duplicate (H3, D4).
  [API.initProducerId]: (body: InitProducerIdRequest, { disabledGuards, generation }): RequestOutcome | void => {
    if (body.transactionalId !== null || disabledGuards?.has('producer-ids')) return;
    return { kind: 'answer', body: asBody(newMessage(initProducerIdResponse, { producerId: newProducerId(generation()), producerEpoch: 0 })) };
  },
  [API.describeConfigs]: (body: DescribeConfigsRequest, { names }): RequestOutcome | void => {
    const refused = body.resources.filter(({ resourceType, resourceName }) => resourceType !== CONFIG_RESOURCE.broker && configNameToPhysical(resourceType, resourceName, names) === undefined);
    if (refused.length > 0) {
      const results = body.resources.map(({ resourceType, resourceName }) => ({ ...REFUSED, resourceType, resourceName, configs: [] }));
      return { kind: 'answer', body: asBody(newMessage(describeConfigsResponse, { results })) };
    }
    for (const resource of body.resources) resource.resourceName = configNameToPhysical(resource.resourceType, resource.resourceName, names) ?? resource.resourceName;
  },
  [API.alterConfigs]: alterConfigs,
  [API.incrementalAlterConfigs]: alterConfigs,
  [API.electLeaders]: (body: ElectLeadersRequest): RequestOutcome | void => {
    if (body.topicPartitions !== null) return;
    return { kind: 'answer', body: asBody(newMessage(electLeadersResponse, { errorCode: ERROR.CLUSTER_AUTHORIZATION_FAILED })) };
  },
  [API.listConfigResources]: (): RequestOutcome => ({ kind: 'answer', body: asBody(newMessage(listConfigResourcesResponse, {})) }),
};

const RESPONSES: { readonly [key: number]: ResponseRule } = {
  // KIP-951 leads a client to the new leader past the gateway (hazards H9, 00.11).
  [API.produce]: (body: ProduceResponse) => {
    body.nodeEndpoints = [];
    for (const topic of body.responses) for (const partition of topic.partitionResponses) partition.currentLeader = { leaderId: -1, leaderEpoch: -1 };
  },
  [API.metadata]: (body: MetadataResponse, around) => {
    body.clusterId = around.clusterId;
    body.brokers = everyBroker(body.brokers, around);
  },
  [API.findCoordinator]: (body: FindCoordinatorResponse, around) => {
    Object.assign(body, coordinatorEndpoint(body.nodeId, around));
    for (const coordinator of body.coordinators) {
      coordinator.key = around.names.groupToVirtual(coordinator.key) ?? '';
      Object.assign(coordinator, coordinatorEndpoint(coordinator.nodeId, around));
    }
  },
  [API.describeCluster]: (body: DescribeClusterResponse, around) => {
    body.clusterId = around.clusterId;
    body.brokers = body.brokers.flatMap((broker) => {
      const endpoint = around.endpoints.get(broker.brokerId);
      return endpoint === undefined ? [] : [{ ...broker, ...endpoint }];
    });
  },
  [API.joinGroup]: (body: JoinGroupResponse, { names }) => {
    if ((body.protocolType ?? CONSUMER_PROTOCOL) !== CONSUMER_PROTOCOL) return;
    for (const member of body.members) member.metadata = rewriteSubscription(member.metadata, (topic) => names.topicToVirtual(topic));
  },
  [API.syncGroup]: (body: SyncGroupResponse, { names }) => {
    if ((body.protocolType ?? CONSUMER_PROTOCOL) !== CONSUMER_PROTOCOL) return;
    body.assignment = rewriteAssignment(body.assignment, (topic) => names.topicToVirtual(topic));
  },
  [API.describeGroups]: (body: DescribeGroupsResponse, { names }) => {
    const toVirtual = (topic: string): string | undefined => names.topicToVirtual(topic);
    for (const group of body.groups) {
      if (group.protocolType !== CONSUMER_PROTOCOL) continue;
      for (const member of group.members) {
        member.memberMetadata = rewriteSubscription(member.memberMetadata, toVirtual);
        member.memberAssignment = rewriteAssignment(member.memberAssignment, toVirtual);
      }
    }
  },
  [API.consumerGroupHeartbeat]: (body: ConsumerGroupHeartbeatResponse, around) => heartbeatToVirtual(body, around),
  [API.consumerGroupDescribe]: (body: ConsumerGroupDescribeResponse, { names }) => describedGroupsToVirtual(body, names),
  [API.describeConfigs]: (body: DescribeConfigsResponse, { names }) => {
    body.results = body.results.flatMap((result) => {
      const resourceName = configNameToVirtual(result.resourceType, result.resourceName, names);
      if (resourceName === undefined) return [];
      const configs = result.resourceType === CONFIG_RESOURCE.broker ? result.configs.filter(({ name }) => isVisibleBrokerConfig(name)) : result.configs;
      return [{ ...result, resourceName, configs }];
    });
  },
  [API.alterConfigs]: alteredConfigs,
  [API.incrementalAlterConfigs]: alteredConfigs,
};

function alterConfigs(body: AlterConfigsRequest, { names }: Surroundings): RequestOutcome | void {
  const physical = body.resources.map(({ resourceType, resourceName }) => configNameToPhysical(resourceType, resourceName, names));
  if (physical.includes(undefined)) {
    const responses = body.resources.map(({ resourceType, resourceName }) => ({ ...REFUSED, resourceType, resourceName }));
    // Both messages have the same shape.
    return { kind: 'answer', body: asBody(newMessage(alterConfigsResponse, { responses })) };
  }
  body.resources.forEach((resource, index) => {
    resource.resourceName = physical[index] ?? resource.resourceName;
  });
}

function alteredConfigs(body: AlterConfigsResponse, { names }: Surroundings): void {
  body.responses = body.responses.flatMap((response) => {
    const resourceName = configNameToVirtual(response.resourceType, response.resourceName, names);
    return resourceName === undefined ? [] : [{ ...response, resourceName }];
  });
}

/**
 * All that this node has ports for, also those that are down now or that only the other cluster has: their ports are served all the same. librdkafka
 * forgets a broker that is not in the list, together with what waits for it: a transactional producer whose group coordinator dies then waits for
 * ever, also on bare brokers (librdkafka issues 5456 and 5511, seen with 2.16; may go when they are closed).
 */
function everyBroker(brokers: readonly MetadataResponseBroker[], { endpoints }: Surroundings): MetadataResponseBroker[] {
  const served = brokers.filter((broker) => {
    const endpoint = endpoints.get(broker.nodeId);
    if (endpoint !== undefined) Object.assign(broker, endpoint);
    return endpoint !== undefined;
  });
  for (const [nodeId, endpoint] of endpoints) if (!served.some((broker) => broker.nodeId === nodeId)) served.push({ nodeId, ...endpoint, rack: null });
  return served;
}

/** Node -1 means that there is no coordinator yet, and has no address. */
function coordinatorEndpoint(nodeId: number, around: Surroundings): { host: string; port: number } {
  return around.endpoints.get(nodeId) ?? { host: '', port: -1 };
}

function asBody(message: object): Body {
  return message as Body;
}
