import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateAuthority {
  readonly caFile: string;
  readonly folder: string;
  /** A certificate signed by this authority, for localhost and 127.0.0.1 where `names` says nothing else; negative `days`: it has expired. */
  issue(name: string, options?: { readonly names?: string; readonly days?: number }): Certificate;
  /** Removes every file. */
  dispose(): void;
}

const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });

/** An authority of its own for one test file, made with openssl; its files are in a temporary folder. */
export function createAuthority(): CertificateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'gwctl-ca-'));
  const [caFile, caKey] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', caKey, '-out', caFile, '-days', '2', '-subj', '/CN=gwctl test authority');
  return {
    caFile,
    folder,
    issue: (name, { names = 'DNS:localhost,IP:127.0.0.1', days = 2 } = {}) => {
      const [certFile, keyFile, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((end) => join(folder, `${name}.${end}`)) as [string, string, string, string];
      writeFileSync(extensions, `subjectAltName=${names}\n`);
      openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile, '-out', request, '-subj', `/CN=${name}`);
      openssl('x509', '-req', '-in', request, '-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-days', `${days}`, '-out', certFile, '-extfile', extensions);
      return { certFile, keyFile };
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
