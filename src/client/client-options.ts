import type { ConnectionOptions } from 'node:tls';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** For a gateway the mechanism is PLAIN and the password a token. Give the same object to all clients of a cluster: SCRAM remembers work by it. */
export interface SaslCredentials {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
}

export interface TransportOptions {
  readonly clientId: string;
  readonly tls?: ConnectionOptions;
  readonly sasl?: SaslCredentials;
  /** Default 128 MiB. A longer answer closes the connection. */
  readonly maxResponseBytes?: number;
}

export interface KafkaClientOptions extends TransportOptions {
  /** At least one; brokers that metadata names are used as well once it was read. */
  readonly bootstrap: readonly BrokerAddress[];
  /** How long one request may take, and, where a call gives no `timeoutMs`, a call with all its retries. */
  readonly requestTimeoutMs: number;
  /** Default 3000. */
  readonly connectTimeoutMs?: number;
}

/** Bounds of one call. */
export interface CallOptions {
  /** With all retries. Default: the client's requestTimeoutMs. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}
