import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { httpGatewayAdmin } from '../../../src/adapters/gateway-admin/http-gateway-admin.ts';
import type { AuditEvent } from '../../../src/gateway/audit/audit-event.ts';
import { startAdminServer } from '../../../src/gateway/admin/admin-server.ts';
import type { GatewayNode } from '../../../src/gateway/gateway-node.ts';
import { SwitchController } from '../../../src/gateway/switch/switch-controller.ts';
import { refuseVirtualCluster } from '../../../src/gateway/tenants/tenant-names.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { TOPOLOGY } from '../../support/observation.ts';

let app: FastifyInstance;
let port: number;
let controller: SwitchController;
let isDrained: boolean;
let decided: 'commit' | undefined;
let base: string;
let revoked: string[][];
let recorded: AuditEvent[];

beforeEach(async () => {
  isDrained = true;
  decided = 'commit';
  revoked = [];
  recorded = [];
  controller = new SwitchController({ kind: 'serve', standing: { generation: 1, active: 'main' } }, {
    prepare: async () => ({ brokers: [1, 2, 3], topicMappings: 1, virtualClusters: 1 }),
    drainGroups: async () => ({ members: 0, drained: 0 }),
    openGroups: async () => {},
    closeGate: async () => {},
    openGate: async () => {},
    drain: async () => isDrained,
    decision: async () => decided,
    posture: async (standing) => ({ kind: 'serve', standing }),
    laterCommit: async () => undefined,
    remember: async () => {},
    flip: async () => {},
  });
  const node: GatewayNode = {
    controller,
    commit: async () => 'commit',
    nextGeneration: async () => controller.generation + 1,
    audit: { record: (event) => void recorded.push(event) },
    state: () => ({ node: 'gateway1', ...controller.state, connections: 0, heldWrites: 0, inFlightWrites: 0, startedAt: '' }),
    acknowledged: async () => ({ node: 'gateway1', clusters: [] }),
    renderMetrics: async () => ({ text: 'gwctl_gateway_generation 1\n', contentType: 'text/plain; version=0.0.4' }),
    clients: async () => ({ clients: [{ software: 'librdkafka', version: '2.16.0', connections: 2 }], apis: [] }),
    virtualClusters: () => [],
    issueToken: async (virtualCluster, username) => {
      const refusal = refuseVirtualCluster(virtualCluster, ['teamA']);
      if (refusal !== undefined) throw new GwctlError('USAGE', refusal);
      return `token of ${username}`;
    },
    revokeUser: async (virtualCluster, username) => void revoked.push([virtualCluster, username]),
    revokeToken: async (virtualCluster, token) => {
      if (token === 'forged') throw new GwctlError('USAGE', 'the token was not issued by this gateway');
      revoked.push([virtualCluster, token]);
    },
    failed: new Promise(() => {}),
    close: async () => {},
  };
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  ({ port } = probe.address() as AddressInfo);
  probe.close();
  await once(probe, 'close');
  app = await startAdminServer(node, { host: '127.0.0.1', port, username: 'admin', password: 'conduktor' });
  base = `http://127.0.0.1:${port}`;
});

afterEach(async () => void (await app.close()));

function call(method: string, path: string, { body, auth = 'admin:conduktor' }: { body?: string; auth?: string } = {}): Promise<Response> {
  const headers = { ...(auth === '' ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }), 'content-type': 'application/json' };
  return fetch(base + path, { method, headers, ...(body === undefined ? {} : { body }) });
}

describe('a revocation', () => {
  const revoke = (body: string): Promise<Response> => call('POST', '/admin/vclusters/v1/vcluster/teamA/revoke', { body });

  test('is of a user or of a token', async () => {
    expect((await revoke('{"username": "sa"}')).status).toBe(200);
    expect((await revoke('{"token": "abc"}')).status).toBe(200);
    expect(revoked).toEqual([['teamA', 'sa'], ['teamA', 'abc']]);
  });

  test.each(['{}', '{"username": "sa", "token": "abc"}', '{"username": 7}', '{"token": "forged"}'])('of %s is refused', async (body) => {
    expect((await revoke(body)).status).toBe(400);
    expect(revoked).toEqual([]);
  });

  test('needs the admin password', async () => {
    expect((await call('POST', '/admin/vclusters/v1/vcluster/teamA/revoke', { body: '{"username": "sa"}', auth: 'admin:x' })).status).toBe(401);
    expect(revoked).toEqual([]);
  });
});

describe('the seed\'s calls', () => {
  test('a token', async () => {
    const response = await call('POST', '/admin/vclusters/v1/vcluster/teamA/username/sa', { body: '{"lifeTimeSeconds": 7776000}' });
    expect(await response.json()).toEqual({ token: 'token of sa' });
  });

  test('a switch of this node', async () => {
    const response = await call('POST', '/admin/pclusters/v1/pcluster/main/switch?to=failover');
    expect(await response.json()).toEqual({ message: 'Cluster switched' });
    expect(controller.state).toMatchObject({ phase: 'serving', active: 'failover', generation: 2 });
  });

  test('a switch to what is active already is a success and changes nothing', async () => {
    expect((await call('POST', '/admin/pclusters/v1/pcluster/failover/switch?to=main')).status).toBe(200);
    expect(controller.generation).toBe(1);
  });

  test('a switch that cannot drain gives the node back', async () => {
    isDrained = false;
    const response = await call('POST', '/admin/pclusters/v1/pcluster/main/switch?to=failover');
    expect(response.status).toBe(503);
    expect(controller.state).toMatchObject({ phase: 'serving', active: 'main', run: null });
  });

  test('metrics are text for Prometheus', async () => {
    const response = await call('GET', '/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toBe('gwctl_gateway_generation 1\n');
  });

  test('says what is connected, to whoever has the password', async () => {
    expect(await (await call('GET', '/admin/gateway/v1/clients')).json()).toEqual({ clients: [{ software: 'librdkafka', version: '2.16.0', connections: 2 }], apis: [] });
    expect((await call('GET', '/admin/gateway/v1/clients', { auth: '' })).status).toBe(401);
  });

  test('health needs no password', async () => {
    expect(await (await call('GET', '/health', { auth: '' })).json()).toMatchObject({ status: 'UP', active: 'main', generation: 1 });
  });
});

describe('bad input changes nothing', () => {
  const order = JSON.stringify({ runId: 'r', generation: 2, to: 'failover', leaseMs: 1000 });
  test.each([
    { name: 'no password', path: '/admin/gateway/v1/state', method: 'GET', auth: '', status: 401, says: /wrong admin user name or password/ },
    { name: 'a wrong password', path: '/admin/pclusters/v1/pcluster/main/switch?to=failover', auth: 'admin:admin', status: 401, says: /wrong admin/ },
    { name: 'a wrong password for a path that is not there', path: '/nothing', auth: 'x:y', status: 401, says: /wrong admin/ },
    { name: 'a virtual cluster that is a prefix of another', path: '/admin/vclusters/v1/vcluster/team/username/sa', body: '{}', status: 400, says: /is a prefix of "teamA"/ },
    { name: 'a user name that would break the properties file', path: `/admin/vclusters/v1/vcluster/teamA/username/${encodeURIComponent("a'b")}`, body: '{}', status: 400, says: /is not a user name/ },
    { name: 'a life time that is not a number', path: '/admin/vclusters/v1/vcluster/teamA/username/sa', body: '{"lifeTimeSeconds": "long"}', status: 400, says: /lifeTimeSeconds: "long"/ },
    { name: 'a body that is not JSON', path: '/admin/vclusters/v1/vcluster/teamA/username/sa', body: '{', status: 400, says: /not JSON/ },
    { name: 'a switch from a cluster that is not active', path: '/admin/pclusters/v1/pcluster/third/switch?to=failover', status: 409, says: /third is not active on this node: main is/ },
    { name: 'a switch to nowhere', path: '/admin/pclusters/v1/pcluster/main/switch', status: 400, says: /"to" is missing/ },
    { name: 'an unknown verb', path: '/admin/gateway/v1/switch/explode', body: order, status: 400, says: /unknown verb "explode"/ },
    { name: 'a verb out of turn', path: '/admin/gateway/v1/switch/flip', body: order, status: 409, says: /this node is serving, not in run r/ },
    { name: 'an order without a run', path: '/admin/gateway/v1/switch/pause', body: '{}', status: 400, says: /runId is missing/ },
    { name: 'an unknown path', path: '/admin/nothing', status: 404, says: /no such path: POST \/admin\/nothing/ },
    { name: 'a body above the limit', path: '/admin/gateway/v1/switch/pause', body: `"${'x'.repeat(70_000)}"`, status: 413, says: /too large/ },
  ])('$name', async ({ path, method = 'POST', body, auth, status, says }) => {
    const response = await call(method, path, { ...(body === undefined ? {} : { body }), ...(auth === undefined ? {} : { auth }) });
    expect(response.status).toBe(status);
    expect(JSON.stringify(await response.json()).replaceAll('\\"', '"')).toMatch(says);
    expect(controller.state).toEqual({ phase: 'serving', generation: 1, active: 'main', run: null, isLost: false });
  });
});

describe('gwctl\'s side', () => {
  const admin = (password: string) => httpGatewayAdmin({ ...(TOPOLOGY.gateways[0] as (typeof TOPOLOGY.gateways)[number]), admin: { host: '127.0.0.1', port } }, { username: 'admin', password, timeoutMs: 2000 });

  test('a wrong password is exit 2, with what to do', async () => {
    await expect(admin('wrong').state()).rejects.toMatchObject({ code: 'USAGE', exitCode: 2, hint: expect.stringContaining('gateway.admin') as string });
  });

  test('a run that another holds is exit 8', async () => {
    const order = { runId: 'r1', generation: 2, to: 'failover', leaseMs: 60_000 };
    await admin('conduktor').prepare(order);
    await expect(admin('conduktor').prepare({ ...order, runId: 'r2' })).rejects.toMatchObject({ code: 'LOCKED', exitCode: 8 });
  });

  test('a node that is not there is named with its address', async () => {
    await app.close();
    await expect(admin('conduktor').state()).rejects.toThrow(new RegExp(`gateway gateway1 cannot be reached at http://127.0.0.1:${port}: ECONNREFUSED`));
  });
});

test('every verb of a switch is recorded, with who gave it and what came of it', async () => {
  const order = (verb: string, changes: object = {}): Promise<Response> => fetch(`${base}/admin/gateway/v1/switch/${verb}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('admin:conduktor').toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ runId: 'r1', generation: 2, to: 'failover', leaseMs: 5000, ...changes }),
  });
  for (const verb of ['prepare', 'drain-groups', 'pause', 'drain', 'flip', 'resume']) expect((await order(verb)).status).toBe(200);
  expect((await order('abort')).status).toBe(409);
  expect((await order('toString')).status).toBe(400);
  expect(recorded).toMatchObject([...['prepare', 'drain-groups', 'pause', 'drain', 'flip'].map((verb) => ({ verb, from: 'main', outcome: 'done' })), { verb: 'resume', from: null, outcome: 'done' }, { verb: 'abort', from: null, outcome: 'NOT_AS_EXPECTED', error: expect.stringContaining('this node is serving') }].map((details) => ({
    kind: 'switch', user: 'admin', address: '127.0.0.1', details: { runId: 'r1', generation: 2, to: 'failover', ...details },
  })));
});
