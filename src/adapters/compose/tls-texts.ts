import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GwctlError } from '../../shared/errors.ts';
import { TLS_ID_VARIABLE, tlsFilesOf, type TlsFile } from '../../topology/compose/gateway-tls.ts';
import type { GatewayNode } from '../../topology/topology.ts';

/** The variables that carry the nodes' certificates and keys into their containers; none without TLS. Throws CONFIG for what cannot work there. */
export async function readTlsTexts(gateways: readonly GatewayNode[]): Promise<readonly (readonly [string, string])[]> {
  const files = tlsFilesOf(gateways);
  if (files.length === 0) return [];
  const texts = await Promise.all(files.map(async (file) => [file, await readText(file)] as const));
  if (gateways.length > 1) for (const [file, text] of texts) if (file.role === 'admin-cert') assertNamesNode(file, text);
  const id = createHash('sha256').update(JSON.stringify(texts.map(([{ secret }, text]) => [secret, text]))).digest('hex').slice(0, 16);
  return [...texts.map(([{ variable }, text]) => [variable, text] as const), [TLS_ID_VARIABLE, id]];
}

async function readText({ file }: TlsFile): Promise<string> {
  return await readFile(file, 'utf8').catch((reason: unknown) => {
    throw new GwctlError('CONFIG', `${file} cannot be read (${(reason as NodeJS.ErrnoException).code ?? 'unknown error'})`, { cause: reason });
  });
}

/** A node that starts asks the others what they serve, and in the network of containers their names are all it has. */
function assertNamesNode({ node, file }: TlsFile, pem: string): void {
  const certificate = new X509Certificate(pem);
  if (certificate.checkHost(node) !== undefined) return;
  throw new GwctlError('CONFIG', `gateways.${node}.adminTls.cert: ${file} is for ${certificate.subjectAltName ?? certificate.subject} (allowed: a certificate that is for DNS:${node}, too)`, {
    hint: `in containers the other nodes ask this one at https://${node}: make a certificate with that name as well, or use \`--runtime local\``,
  });
}
