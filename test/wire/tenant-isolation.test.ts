import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { API, API_TABLE, brokerVersionOf } from '../../src/gateway/api-table.ts';
import { TenantNames } from '../../src/gateway/tenants/tenant-names.ts';
import type { Surroundings } from '../../src/gateway/rewrite/rewriter.ts';
import { APIS } from '../../src/wire/generated/apis.ts';
import type { ApiDefinition, Message } from '../../src/wire/schema.ts';
import { leaksToBroker, leaksToClient } from '../support/isolation/find-leaks.ts';
import { brokerAnswers, clientRequests, MAPPED, OWN, TOPICS } from '../support/isolation/tenant-messages.ts';
import { gatewaySide, passThrough, type GatewaySide } from '../support/rewrite-tables/gateway-exchange.ts';

const RUNS = 40;
/** No broker is asked. */
const ANSWERED_HERE: ReadonlySet<number> = new Set([API.saslHandshake, API.saslAuthenticate, API.apiVersions, API.describeAcls, API.createAcls, API.deleteAcls, API.listConfigResources]);

interface Case {
  readonly name: string;
  readonly api: ApiDefinition;
  readonly version: number;
}

const cases: readonly Case[] = [...API_TABLE.values()].flatMap(({ key, min, max }) => {
  const api = APIS.get(key);
  if (api === undefined) throw new Error(`no api ${key}`);
  return Array.from({ length: max - min + 1 }, (_, index) => ({ name: api.name, api, version: min + index }));
});
const brokerCases = cases.filter(({ api }) => !ANSWERED_HERE.has(api.key));

function around(): Surroundings {
  const names = new TenantNames(OWN);
  names.setAliases([MAPPED]);
  return {
    names,
    topics: { refresh: async () => {}, topics: () => TOPICS.keys(), idOf: (name) => TOPICS.get(name), nameOf: (id) => [...TOPICS].find(([, real]) => real === id)?.[0] },
    clusterId: 'private',
    generation: () => 1,
    endpoints: new Map([0, 2, 4].map((nodeId) => [nodeId, { host: 'gateway', port: 6969 }])),
    groupProtocols: new Map(),
  };
}

async function answerLeaks({ api, version }: Case, answer: Message, sideOf: (surroundings: Surroundings) => GatewaySide): Promise<readonly string[]> {
  const surroundings = around();
  const seen = await sideOf(surroundings).response(api, version, answer);
  return leaksToClient(api.response, version, seen, surroundings.names);
}

async function requestLeaks({ api, version }: Case, request: Message, sideOf: (surroundings: Surroundings) => GatewaySide): Promise<readonly string[]> {
  const surroundings = around();
  const sent = await sideOf(surroundings).request(api, version, request);
  if (sent.kind === 'forward') return leaksToBroker(api.request, brokerVersionOf(api.key, version), sent.asked);
  return sent.kind === 'nothing' || ANSWERED_HERE.has(api.key) ? [] : leaksOfOwnAnswer(api, version, sent.answered, surroundings);
}

/** Whatever a client asked under names of another tenant is answered under the same names. */
function leaksOfOwnAnswer(api: ApiDefinition, version: number, answer: Message, { names }: Surroundings): readonly string[] {
  return leaksToClient(api.response, version, answer, names).filter((leak) => leak !== 'teamB' && leak !== 'the id of teamBtenant-topic-1' && !leak.includes('topicId'));
}

describe('whatever a broker answers, a frame to a client has no physical name, none of another tenant, no backend address, no leader epoch and no topic id of a cluster', () => {
  test.each(brokerCases)('$name version $version', async (one) => {
    await fc.assert(fc.asyncProperty(brokerAnswers(one.api, brokerVersionOf(one.api.key, one.version)), async (answer) => {
      expect(await answerLeaks(one, answer, gatewaySide)).toEqual([]);
    }), { numRuns: RUNS });
  });
});

describe('whatever a client asks, nothing of it reaches a broker but under its own prefix', () => {
  test.each(cases.filter(({ api }) => api.key !== API.saslHandshake && api.key !== API.saslAuthenticate))('$name version $version', async (one) => {
    await fc.assert(fc.asyncProperty(clientRequests(one.api, one.version), async (request) => {
      expect(await requestLeaks(one, request, gatewaySide)).toEqual([]);
    }), { numRuns: RUNS });
  });
});

describe('controls: without a gateway', () => {
  const leaks = async (arbitrary: fc.Arbitrary<Message>, leaksOf: (message: Message) => Promise<readonly string[]>): Promise<boolean> => {
    for (const message of fc.sample(arbitrary, { numRuns: 20, seed: 1 })) if ((await leaksOf(message)).length > 0) return true;
    return false;
  };

  /** Their messages have nothing of a tenant's, in either direction. */
  const namelessAnswers: ReadonlySet<number> = new Set([API.heartbeat, API.leaveGroup, API.initProducerId, API.addOffsetsToTxn, API.endTxn]);
  const namelessRequests: ReadonlySet<number> = new Set([16, API.apiVersions, API.saslHandshake, API.saslAuthenticate, API.describeCluster, 66, API.listConfigResources, API.describeAcls, API.createAcls, API.deleteAcls]);

  test.each(brokerCases.filter(({ api, version }) => !namelessAnswers.has(api.key) && version <= brokerVersionOf(api.key, version)))('$name version $version is seen to show something to clients', async (one) => {
    expect(await leaks(brokerAnswers(one.api, brokerVersionOf(one.api.key, one.version)), (answer) => answerLeaks(one, answer, passThrough))).toBe(true);
  });

  test.each(cases.filter(({ api, version }) => !namelessRequests.has(api.key) && version <= brokerVersionOf(api.key, version)))('$name version $version is seen to show something to brokers', async (one) => {
    expect(await leaks(clientRequests(one.api, one.version), (request) => requestLeaks(one, request, passThrough))).toBe(true);
  });
});
