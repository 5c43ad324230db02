import { API_TABLE } from '../../src/gateway/api-table.ts';
import { SoftwareMemory } from '../../src/gateway/client-software.ts';
import { GroupGate } from '../../src/gateway/groups/group-gate.ts';
import { InFlightWrites } from '../../src/gateway/switch/in-flight-writes.ts';
import { NodeLimits } from '../../src/gateway/limits/tenant-usage.ts';
import { createLog } from '../../src/gateway/log.ts';
import type { NodeContext } from '../../src/gateway/node-context.ts';
import { TenantNames } from '../../src/gateway/tenants/tenant-names.ts';
import { TokenRefused } from '../../src/gateway/login/tokens.ts';
import { ProducerSequences } from '../../src/gateway/producers/producer-sequences.ts';
import { Transactions } from '../../src/gateway/transactions/transactions.ts';
import { WriteGate } from '../../src/gateway/switch/write-gate.ts';

/** A node without brokers that lets in whoever has the token "good", for connections that are to be refused anyway; `changes` make more of it. */
export function connectionContext(log: (line: string) => void, changes: Partial<NodeContext> = {}): NodeContext {
  const names = new TenantNames('teamA');
  const usages = new NodeLimits({ limits: { maxConnections: 1000, maxBytesInFlight: 1 << 20 }, tenantLimits: {}, exempt: new Set() });
  return {
    limits: { maxFrameBytes: 4096, maxDecodedBytes: 2048, maxUnauthenticatedBytes: 1024, maxInFlight: 5, loginMs: 30_000, frameMs: 30_000, minFrameBytesPerSecond: 1024, lingerMs: 500 },
    clusterId: 'private',
    apis: API_TABLE,
    topics: { refresh: async () => {}, topics: () => [], idOf: () => undefined, nameOf: () => undefined },
    gate: new WriteGate(1000),
    inFlight: new InFlightWrites(),
    acknowledged: { add: () => {} },
    activeCluster: 'main',
    groups: new GroupGate(1000),
    metrics: { answered: () => {}, refused: () => {} },
    software: new SoftwareMemory(),
    transactions: new Transactions(createLog(log)),
    sequences: new ProducerSequences(createLog(log)),
    log: createLog(log),
    audit: { record: () => {} },
    generation: 1,
    authenticate: async (username, token) => {
      if (token !== 'good') throw new TokenRefused('the token was not issued by this gateway');
      return { username, virtualCluster: 'teamA' };
    },
    loginFailed: async () => true,
    accessOf: () => undefined,
    namesOf: () => names,
    usageOf: (virtualCluster) => usages.usageOf(virtualCluster),
    endpoints: new Map(),
    isSettling: false,
    mayProduce: () => true,
    connectBackend: async () => Promise.reject(new Error('no broker')),
    coordinatorOf: async () => Promise.reject(new Error('no broker')),
    listOffsets: async () => Promise.reject(new Error('no broker')),
    topicsCreated: async () => {},
    topicsDeleted: async () => {},
    ...changes,
  };
}
