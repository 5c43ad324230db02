import { chmodSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientTls, clusterAccess } from '../../../src/config/cluster-access.ts';
import { parseTopology } from '../../../src/config/parse-topology.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import type { Topology } from '../../../src/topology/topology.ts';
import { renderClientProperties } from '../../../src/topology/render-client-properties.ts';
import { createAuthority, type CertificateAuthority } from '../../support/certificates.ts';

let authority: CertificateAuthority;

beforeAll(() => {
  authority = createAuthority();
  authority.issue('node');
  authority.issue('other');
  writeFileSync(join(authority.folder, 'text.pem'), 'hunter2');
});
afterAll(() => authority.dispose());

const parse = (text: string): Topology => parseTopology(text, { fileName: 'gwctl.yaml', portOffset: 0, baseDir: authority.folder });

function diagnosticsOf(text: string): readonly string[] {
  try {
    parse(text);
    return [];
  } catch (reason) {
    if (!(reason instanceof GwctlError) || reason.code !== 'CONFIG') throw reason;
    return reason.message.replaceAll(`${authority.folder}/`, '').split('\n').map((line) => line.replace('gwctl.yaml:', '').replace(' error:', ''));
  }
}

const EXTERNAL = 'runtime: external\nclusters:\n  failover: {bootstrap: "h:2"}\n  main:\n    bootstrap: "h:1"\n    security: ';

test.each([
  { name: 'a certificate that is not there', text: 'gateways:\n  gateway1:\n    tls: {cert: none.pem, key: node.key}\n', says: ['3:17: gateways.gateway1.tls.cert: none.pem does not exist'] },
  { name: 'a key that is not there', text: 'gateways:\n  gateway1:\n    tls: {cert: node.pem, key: none.key}\n', says: ['3:32: gateways.gateway1.tls.key: none.key does not exist'] },
  { name: 'a key of another certificate', text: 'gateways:\n  gateway1:\n    tls: {cert: node.pem, key: other.key}\n', says: ['3:32: gateways.gateway1.tls.key: other.key is not the key of the certificate node.pem'] },
  { name: 'a certificate that is none, without its text', text: 'gateways:\n  gateway1:\n    tls: {cert: text.pem, key: node.key}\n', says: ['3:17: gateways.gateway1.tls.cert: text.pem is not a certificate in PEM form'] },
  { name: 'a certificate without key', text: 'gateways:\n  gateway1:\n    tls: {cert: node.pem}\n', says: ['3:10: gateways.gateway1.tls.key: missing'] },
  { name: 'an authority that is not there', text: 'gateways:\n  gateway1:\n    adminTls: {cert: node.pem, key: node.key, ca: none.pem}\n', says: ['3:51: gateways.gateway1.adminTls.ca: none.pem does not exist'] },
  { name: 'client certificates without one for gwctl', text: 'gateways:\n  gateway1:\n    tls: {cert: node.pem, key: node.key, clientCa: ca.pem}\n', says: [
    '3:10: gateways.gateway1.tls.ownCert: missing (with clientCa, gwctl needs a certificate of its own for its proof)',
    '3:10: gateways.gateway1.tls.ownKey: missing (with clientCa, gwctl needs a certificate of its own for its proof)',
  ] },
  { name: 'credentials for brokers that gwctl runs', text: 'clusters:\n  failover:\n  main:\n    security: {protocol: SSL}\n', says: ['4:15: clusters.main.security: only runtime external takes it: gwctl speaks plain text on loopback with the brokers that it runs'] },
  { name: 'SASL without credentials', text: `${EXTERNAL}{protocol: SASL_SSL, mechanism: PLAIN}\n`, says: [
    '6:15: clusters.main.security.username: missing (protocol SASL_SSL needs it)',
    '6:15: clusters.main.security.password: missing (protocol SASL_SSL needs it)',
  ] },
  { name: 'credentials without SASL', text: `${EXTERNAL}{protocol: SSL, username: gw, password: "env:PW"}\n`, says: [
    '6:41: clusters.main.security.username: has no meaning with protocol SSL',
    '6:55: clusters.main.security.password: has no meaning with protocol SSL',
  ] },
  { name: 'an authority without TLS', text: `${EXTERNAL}{protocol: PLAINTEXT, ca: ca.pem}\n`, says: ['6:41: clusters.main.security.ca: has no meaning with protocol PLAINTEXT'] },
  { name: 'a mechanism that there is not', text: `${EXTERNAL}{protocol: SASL_SSL, mechanism: GSSAPI, username: gw, password: "env:PW"}\n`, says: ['6:47: clusters.main.security.mechanism: "GSSAPI" is not one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512'] },
  { name: 'token keys beside a token key', text: 'gateway: {tokenKey: "env:A", tokenKeys: ["env:B"]}\n', says: ['1:41: gateway.tokenKeys: has no meaning beside tokenKey: list that key here, too, and leave tokenKey out'] },
  { name: 'a token key that stands in the list', text: 'gateway: {tokenKeys: ["env:A", hunter2]}\n', says: ['1:32: gateway.tokenKeys[1]: the value (not shown) is not a reference (env:NAME or file:PATH; secrets do not stand in this file)'] },
  { name: 'a password that stands in the file', text: `${EXTERNAL}{protocol: SASL_SSL, username: gw, password: hunter2}\n`, says: [
    '6:60: clusters.main.security.password: the value (not shown) is not a reference (env:NAME or file:PATH; secrets do not stand in this file)',
  ] },
])('$name is named with its place', ({ text, says }) => expect(diagnosticsOf(text)).toEqual(says));

test('a file that may not be read is said to be so', ({ skip }) => {
  const file = join(authority.folder, 'secret.key');
  writeFileSync(file, '', { mode: 0o000 });
  chmodSync(file, 0o000);
  if (process.getuid?.() === 0) skip('root reads every file');
  expect(diagnosticsOf(`gateways:\n  gateway1:\n    tls: {cert: node.pem, key: ${basename(file)}}\n`)).toEqual(['3:32: gateways.gateway1.tls.key: secret.key cannot be read (EACCES)']);
});

test('files that fit are paths from the folder of the file on, and clients are told SASL_SSL with the authority', () => {
  const { gateways } = parse('gateways:\n  gateway1:\n    tls: {cert: node.pem, key: node.key, ca: ca.pem}\n    adminTls: {cert: node.pem, key: node.key}\n  gateway2:\n');
  const [first, second] = gateways;
  expect(first?.tls).toMatchObject({ certFile: join(authority.folder, 'node.pem'), keyFile: join(authority.folder, 'node.key'), caFile: authority.caFile });
  expect(first?.admin.tls?.caFile).toBeUndefined();
  expect(first === undefined ? '' : renderClientProperties(first, 'sa', 'x')).toContain(`security.protocol=SASL_SSL\nssl.truststore.type=PEM\nssl.truststore.location=${authority.caFile}\n`);
  expect(second === undefined ? '' : renderClientProperties(second, 'sa', 'x')).toContain('security.protocol=SASL_PLAINTEXT\nsasl.mechanism');
  expect(clientTls(first?.tls)?.ca?.toString()).toContain('BEGIN CERTIFICATE');
  expect(clientTls(second?.tls)).toBeUndefined();
});

test('where others operate the nodes, their private keys need not be readable here', () => {
  const text = 'runtime: external\nclusters: {main: {bootstrap: "h:1"}, failover: {bootstrap: "h:2"}}\ngateways:\n  gateway1:\n    tls: {cert: /etc/none.pem, key: /etc/none.key, ca: ca.pem}\n';
  expect(diagnosticsOf(text)).toEqual([]);
  expect(diagnosticsOf(text.replace('ca.pem', 'none.pem'))).toHaveLength(1);
});

test('the access to a cluster has its secret resolved and its authority read', () => {
  const topology = parse(`${EXTERNAL}{protocol: SASL_SSL, username: gw, password: "env:PW", ca: ca.pem}\n`);
  const [failover, main] = topology.clusters.map((cluster) => clusterAccess(cluster, authority.folder, { PW: 'hunter2' }));
  expect(main?.sasl).toEqual({ mechanism: 'SCRAM-SHA-512', username: 'gw', password: 'hunter2' });
  expect(main?.tls?.ca?.toString()).toContain('BEGIN CERTIFICATE');
  expect(failover).toEqual({});
});

test('of several token keys the first signs and the others are older ones', () => {
  const { gateway } = parse('gateway: {tokenKeys: ["env:NEW", "env:OLD"]}\n');
  expect(gateway.tokenKey).toEqual({ kind: 'env', name: 'NEW' });
  expect(gateway.olderTokenKeys).toEqual([{ kind: 'env', name: 'OLD' }]);
});
