import { OPERATION, PATTERN, PERMISSION, RESOURCE, type Acl } from '../acls/acl.ts';

/** Of the shape of the records; grows when a field changes its meaning or goes. New kinds and new details do not count. */
export const AUDIT_VERSION = 1;

export const AUDIT_KINDS = [
  'login', 'login-refused', 'connection-refused', 'denied',
  'token-issued', 'tokens-revoked', 'virtual-cluster-registered', 'acls-changed', 'topics-created', 'topics-deleted',
  'switch', 'suppressed', 'dropped',
] as const;

export type AuditKind = (typeof AUDIT_KINDS)[number];

/** Something that somebody did, or was refused. */
export interface AuditEvent {
  readonly kind: AuditKind;
  readonly virtualCluster?: string | undefined;
  /** Who did it, or claimed to be it. */
  readonly user?: string | undefined;
  /** Where it came from, without the port. */
  readonly address?: string | undefined;
  readonly details?: Readonly<Record<string, AuditValue>>;
}

export type AuditValue = string | number | boolean | null | readonly string[];

/** One record of `_auditLogs`, as JSON. A field that does not apply is null. */
export interface AuditRecord {
  readonly version: number;
  /** ISO 8601, UTC, when it happened. */
  readonly time: string;
  readonly node: string;
  /** Counts the records of one run of a node: the same number twice is the same record, written again after a lost answer. */
  readonly sequence: number;
  readonly kind: AuditKind;
  readonly virtualCluster: string | null;
  readonly user: string | null;
  readonly address: string | null;
  readonly details: Readonly<Record<string, AuditValue>>;
}

/** Text and lists come from clients: longer ones are cut, and say so. */
const MAX_TEXT = 300;
const MAX_LIST = 100;

export function auditRecord(node: string, sequence: number, time: Date, { kind, virtualCluster, user, address, details = {} }: AuditEvent): AuditRecord {
  return {
    version: AUDIT_VERSION, time: time.toISOString(), node, sequence, kind,
    virtualCluster: cut(virtualCluster ?? null), user: cut(user ?? null), address: cut(address ?? null),
    details: Object.fromEntries(Object.entries(details).map(([key, value]) => [key, bounded(value)])),
  };
}

function bounded(value: AuditValue): AuditValue {
  if (typeof value === 'string') return cut(value);
  if (value === null || typeof value !== 'object') return value;
  const kept = value.slice(0, MAX_LIST).map((text) => cut(text) ?? '');
  return value.length > MAX_LIST ? [...kept, `… and ${value.length - MAX_LIST} more`] : kept;
}

function cut(text: string | null): string | null {
  return text !== null && text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** `ALLOW User:reader READ TOPIC LITERAL open`, in the words of Kafka's own tools. */
export function describeAcl({ permissionType, principal, operation, resourceType, patternType, resourceName }: Acl): string {
  return [wordOf(PERMISSION, permissionType), principal, wordOf(OPERATION, operation), wordOf(RESOURCE, resourceType), wordOf(PATTERN, patternType), resourceName].join(' ');
}

/** `DESCRIBE_CONFIGS` for 10. */
export function wordOf(table: Readonly<Record<string, number>>, code: number): string {
  const [word = String(code)] = Object.entries(table).find(([, value]) => value === code) ?? [];
  return word.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
