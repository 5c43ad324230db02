import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTlsTexts } from '../../../../src/adapters/compose/tls-texts.ts';
import { parseTopology } from '../../../../src/config/parse-topology.ts';
import type { GatewayNode, ServerTls } from '../../../../src/topology/topology.ts';
import { createAuthority, type CertificateAuthority } from '../../../support/certificates.ts';

const { gateways } = parseTopology('', { fileName: 'none', portOffset: 0, baseDir: '/' });
let authority: CertificateAuthority;
beforeAll(() => (authority = createAuthority()));
afterAll(() => authority.dispose());

const tlsOf = (name: string, names = 'DNS:localhost,IP:127.0.0.1'): ServerTls => ({ ...authority.issue(name, { names }), caFile: authority.caFile, clientCaFile: undefined, ownCertFile: undefined, ownKeyFile: undefined });
const withAdminTls = (node: GatewayNode, tls: ServerTls): GatewayNode => ({ ...node, admin: { ...node.admin, tls } });

test('without TLS there is nothing to carry', async () => expect(await readTlsTexts(gateways)).toEqual([]));

test('texts of certificates and keys, by their variables, and an id that changes with them', async () => {
  const nodes = gateways.map((node) => ({ ...node, tls: tlsOf(node.name) }));
  const texts = new Map(await readTlsTexts(nodes));
  expect([...texts.keys()]).toEqual(['GWCTL_TLS_1_CERT', 'GWCTL_TLS_1_KEY', 'GWCTL_TLS_2_CERT', 'GWCTL_TLS_2_KEY', 'GWCTL_TLS_ID']);
  expect(texts.get('GWCTL_TLS_2_KEY')).toBe(readFileSync(nodes[1]?.tls.keyFile ?? '', 'utf8'));
  expect(await readTlsTexts(nodes)).toEqual([...texts]);
  authority.issue('gateway2');
  expect(new Map(await readTlsTexts(nodes)).get('GWCTL_TLS_ID')).not.toBe(texts.get('GWCTL_TLS_ID'));
});

test('a certificate of the admin API has to name its node, which the other one asks by that name', async () => {
  const wrong = gateways.map((node) => withAdminTls(node, tlsOf(node.name)));
  await expect(readTlsTexts(wrong)).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringMatching(/gateways\.gateway1\.adminTls\.cert: .*gateway1\.pem is for DNS:localhost.*\(allowed: a certificate that is for DNS:gateway1, too\)/) });
  expect(await readTlsTexts(wrong.slice(0, 1))).toHaveLength(4);
  const right = gateways.map((node) => withAdminTls(node, tlsOf(node.name, `DNS:localhost,DNS:${node.name}`)));
  expect(await readTlsTexts(right)).toHaveLength(7);
});

test('a file that cannot be read is named', async () => {
  await expect(readTlsTexts(gateways.map((node) => ({ ...node, tls: { ...tlsOf(node.name), keyFile: '/nowhere/key.pem' } })))).rejects.toMatchObject({ code: 'CONFIG', message: '/nowhere/key.pem cannot be read (ENOENT)' });
});
