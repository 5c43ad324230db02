import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerTls, Topology } from '../topology/topology.ts';
import type { ConfigPath } from './config-document.ts';
import type { ConfigFile } from './config-schema.ts';
import type { Finding } from './diagnostic.ts';

/** TLS files that are not there, cannot be read or do not belong together; credentials that are missing or have no use. */
export function checkSecurity(file: ConfigFile, topology: Topology): readonly Finding[] {
  const { tokenKey, tokenKeys } = file.gateway ?? {};
  const both: readonly Finding[] = tokenKey === undefined || tokenKeys === undefined ? [] : [{ path: ['gateway', 'tokenKeys'], message: 'has no meaning beside tokenKey: list that key here, too, and leave tokenKey out' }];
  return [...both, ...topology.clusters.flatMap(({ name, security }) => checkCluster(file, topology, name, security?.caFile)), ...topology.gateways.flatMap((node) => [
    ...(node.tls === undefined ? [] : checkServerTls(['gateways', node.name, 'tls'], node.tls, topology)),
    ...(node.admin.tls === undefined ? [] : checkServerTls(['gateways', node.name, 'adminTls'], node.admin.tls, topology)),
  ])];
}

function checkCluster(file: ConfigFile, topology: Topology, name: string, caFile: string | undefined): readonly Finding[] {
  const entry = file.clusters?.[name]?.security;
  if (entry === undefined) return [];
  const path = ['clusters', name, 'security'];
  if (topology.runtime !== 'external') return [{ path, because: [['runtime']], message: 'only runtime external takes it: gwctl speaks plain text on loopback with the brokers that it runs' }];
  const findings: Finding[] = [];
  const isSasl = entry.protocol.startsWith('SASL_');
  for (const key of ['username', 'password'] as const) {
    if (isSasl && entry[key] === undefined) findings.push({ path: [...path, key], because: [[...path, 'protocol']], message: `missing (protocol ${entry.protocol} needs it)` });
  }
  for (const key of ['mechanism', 'username', 'password'] as const) {
    if (!isSasl && entry[key] !== undefined) findings.push({ path: [...path, key], because: [[...path, 'protocol']], message: `has no meaning with protocol ${entry.protocol}` });
  }
  if (entry.ca !== undefined && !entry.protocol.endsWith('SSL')) findings.push({ path: [...path, 'ca'], because: [[...path, 'protocol']], message: `has no meaning with protocol ${entry.protocol}` });
  else if (caFile !== undefined) findings.push(...problemsOf([...path, 'ca'], readCertificate(caFile)));
  return findings;
}

/** The node's own files may be readable to the node alone: where others operate it, it is the one that checks them, at its start. */
function checkServerTls(path: ConfigPath, tls: ServerTls, { runtime }: Topology): readonly Finding[] {
  const findings: Finding[] = runtime === 'external' ? [] : [...checkOwnPair(path, tls)];
  if (runtime !== 'external' && tls.clientCaFile !== undefined) findings.push(...problemsOf([...path, 'clientCa'], readCertificate(tls.clientCaFile)));
  if (tls.caFile !== undefined) findings.push(...problemsOf([...path, 'ca'], readCertificate(tls.caFile)));
  for (const [key, value] of [['ownCert', tls.ownCertFile], ['ownKey', tls.ownKeyFile]] as const) {
    if (tls.clientCaFile !== undefined && value === undefined) findings.push({ path: [...path, key], message: 'missing (with clientCa, gwctl needs a certificate of its own for its proof)' });
    if (tls.clientCaFile === undefined && value !== undefined) findings.push({ path: [...path, key], message: 'has no meaning without clientCa' });
  }
  if (tls.ownCertFile !== undefined && tls.ownKeyFile !== undefined) findings.push(...checkPair([...path, 'ownCert'], tls.ownCertFile, [...path, 'ownKey'], tls.ownKeyFile));
  return findings;
}

function checkOwnPair(path: ConfigPath, { certFile, keyFile }: ServerTls): readonly Finding[] {
  const certPath = [...path, 'cert'];
  const keyPath = [...path, 'key'];
  if (certFile !== undefined && keyFile !== undefined) return checkPair(certPath, certFile, keyPath, keyFile);
  const missing = [...(certFile === undefined ? [certPath] : []), ...(keyFile === undefined ? [keyPath] : [])];
  return missing.map((one) => ({ path: one, message: 'missing' }));
}

function checkPair(certPath: ConfigPath, certFile: string, keyPath: ConfigPath, keyFile: string): readonly Finding[] {
  const cert = readCertificate(certFile);
  const key = readKey(keyFile);
  if (typeof cert === 'string' || typeof key === 'string') return [...problemsOf(certPath, cert), ...problemsOf(keyPath, key)];
  return cert.checkPrivateKey(key) ? [] : [{ path: keyPath, because: [certPath], message: `${keyFile} is not the key of the certificate ${certFile}` }];
}

function problemsOf(path: ConfigPath, read: string | X509Certificate | KeyObject): readonly Finding[] {
  return typeof read === 'string' ? [{ path, message: read }] : [];
}

/** The first certificate of a PEM file, or why there is none. */
function readCertificate(file: string): X509Certificate | string {
  return readPem(file, 'a certificate', (pem) => new X509Certificate(pem));
}

function readKey(file: string): KeyObject | string {
  return readPem(file, 'a private key without passphrase', (pem) => createPrivateKey(pem));
}

function readPem<T>(file: string, what: string, parse: (pem: Buffer) => T): T | string {
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `${file} does not exist` : `${file} cannot be read (${code ?? 'unknown error'})`;
  }
  try {
    return parse(pem);
  } catch {
    return `${file} is not ${what} in PEM form`; // the reason itself may quote what is in the file
  }
}
