import { request as requestPlain } from 'node:http';
import { request as requestTls, type RequestOptions } from 'node:https';

export interface AdminRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface AdminAddress {
  readonly host: string;
  readonly port: number;
  /** Authorities to trust, and a certificate to show; undefined: plain HTTP. */
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key'> | undefined;
}

export interface AdminResponse {
  readonly status: number;
  readonly text: string;
  /** Where a redirect leads; nobody follows it. */
  readonly location?: string;
}

/** An answer of the admin API is small; a longer one is not its. */
const MAX_ANSWER_BYTES = 64 << 20;

/** `https://localhost:8888`, for messages. */
export function adminBase({ host, port, tls }: AdminAddress): string {
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** One HTTP request. Rejects with the system's error, or with the signal's reason; any status is an answer. (fetch cannot be given a CA.) */
export async function adminRequest(address: AdminAddress, { method, path, headers = {}, body, signal }: AdminRequest): Promise<AdminResponse> {
  const { host, port, tls } = address;
  return await new Promise((resolve, reject) => {
    const options = { host, port, method, path, signal, agent: false, headers: { ...headers, connection: 'close', ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) } };
    const request = tls === undefined ? requestPlain(options) : requestTls({ ...options, ...tls });
    request.on('error', (reason) => reject(signal.aborted ? (signal.reason as Error) : reason));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) request.destroy(new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers: { location } } = response;
        resolve({ status: statusCode, text: Buffer.concat(chunks).toString('utf8'), ...(location === undefined ? {} : { location }) });
      });
    });
    request.end(body);
  });
}
