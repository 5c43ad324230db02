import type { GatewayNode } from '../topology.ts';

/** A PEM file of this machine that gateway nodes in containers need. Compose copies its text into them: a mounted key would have to be readable to their user. */
export interface TlsFile {
  /** The node that it belongs to. */
  readonly node: string;
  readonly role: TlsRole;
  readonly file: string;
  /** Compose's name for it. */
  readonly secret: string;
  /** Where compose takes its text from. */
  readonly variable: string;
}

export type TlsRole = 'cert' | 'key' | 'client-ca' | 'admin-cert' | 'admin-key' | 'admin-ca';

/** Changes with any of those texts, and with it a label of the nodes, so that their containers are made anew. */
export const TLS_ID_VARIABLE = 'GWCTL_TLS_ID';

/** All files of all nodes. Empty: no node has TLS. */
export function tlsFilesOf(gateways: readonly GatewayNode[]): readonly TlsFile[] {
  return gateways.flatMap(({ name, tls, admin }, index) => {
    const files: readonly (readonly [TlsRole, string | undefined])[] = [
      ['cert', tls?.certFile],
      ['key', tls?.keyFile],
      ['client-ca', tls?.clientCaFile],
      ['admin-cert', admin.tls?.certFile],
      ['admin-key', admin.tls?.keyFile],
      ['admin-ca', admin.tls?.caFile],
    ];
    const variable = (role: TlsRole) => `GWCTL_TLS_${index + 1}_${role.toUpperCase().replace('-', '_')}`;
    return files.flatMap(([role, file]) => (file === undefined ? [] : [{ node: name, role, file, secret: `${name}-${role}`, variable: variable(role) }]));
  });
}

/** What goes into the container of one node: its own files, and what it trusts when it asks the others. */
export function tlsFilesFor(gateways: readonly GatewayNode[], node: string): readonly TlsFile[] {
  return tlsFilesOf(gateways).filter((file) => file.node === node || file.role === 'admin-ca');
}

/** The TLS keys of one node's entry in the gwctl.yaml of a container. Of another node only `adminTls.ca` is there to be read. */
export function tlsEntries({ name, tls, admin }: GatewayNode): { readonly tls?: object; readonly adminTls?: object } {
  const at = (role: TlsRole) => `/run/secrets/${name}-${role}`;
  const pair = { cert: at('cert'), key: at('key') };
  return {
    // Where clients need a certificate, gwctl needs one as well; inside there is no gwctl that connects, so the node's own stands for it.
    ...(tls === undefined ? {} : { tls: tls.clientCaFile === undefined ? pair : { ...pair, clientCa: at('client-ca'), ownCert: pair.cert, ownKey: pair.key } }),
    ...(admin.tls === undefined ? {} : { adminTls: { cert: at('admin-cert'), key: at('admin-key'), ...(admin.tls.caFile === undefined ? {} : { ca: at('admin-ca') }) } }),
  };
}
