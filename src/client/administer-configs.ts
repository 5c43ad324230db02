import { describeConfigsApi } from '../wire/generated/describe-configs.ts';
import { incrementalAlterConfigsApi } from '../wire/generated/incremental-alter-configs.ts';
import { startDeadline, withRetries } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import type { Session, Target } from './session.ts';

/** ConfigResource types of the protocol. */
const RESOURCE_TYPES = { topic: 2, broker: 4, group: 32 } as const;
/** ConfigSource 5: the value that every broker has when nobody set one. */
const DEFAULT_SOURCE = 5;
const OPERATIONS = { set: 0, delete: 1 } as const;

export interface ConfigResource {
  readonly type: keyof typeof RESOURCE_TYPES;
  /** For brokers the id, or '' for the defaults of all brokers. */
  readonly name: string;
}

export interface ConfigValue {
  /** Null for sensitive ones. */
  readonly value: string | null;
  readonly isDefault: boolean;
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
}

export interface ConfigDescription extends ConfigResource {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly configs: ReadonlyMap<string, ConfigValue>;
}

/** The configuration of each resource, in their order; only `keys` where given. Throws UNAVAILABLE. */
export async function describeConfigs(session: Session, resources: readonly (ConfigResource & { readonly keys?: readonly string[] })[], options: CallOptions = {}): Promise<ConfigDescription[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  return Promise.all(resources.map(async ({ type, name, keys }) => {
    const answer = await withRetries(deadline, () => session.send(targetOf(type, name), describeConfigsApi, {
      resources: [{ resourceType: RESOURCE_TYPES[type], resourceName: name, configurationKeys: keys === undefined ? null : [...keys] }],
    }, deadline), () => session.forgetLocations());
    const [found] = answer.results;
    const configs = new Map<string, ConfigValue>((found?.configs ?? []).map((config) => [config.name, {
      value: config.value, isDefault: config.configSource === DEFAULT_SOURCE, isReadOnly: config.readOnly, isSensitive: config.isSensitive,
    }]));
    return { type, name, errorCode: found?.errorCode ?? -1, errorMessage: found?.errorMessage ?? null, configs };
  }));
}

export interface ConfigChange extends ConfigResource {
  readonly set?: Readonly<Record<string, string>>;
  /** Back to their defaults. */
  readonly delete?: readonly string[];
}

export interface ConfigResult extends ConfigResource {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Changes the named settings and leaves the others. Safe to repeat. Throws UNAVAILABLE. */
export async function incrementalAlterConfigs(session: Session, changes: readonly ConfigChange[], options: CallOptions = {}): Promise<ConfigResult[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  return Promise.all(changes.map(async ({ type, name, set = {}, delete: removed = [] }) => {
    const configs = [
      ...Object.entries(set).map(([key, value]) => ({ name: key, configOperation: OPERATIONS.set, value })),
      ...removed.map((key) => ({ name: key, configOperation: OPERATIONS.delete, value: null })),
    ];
    const answer = await withRetries(deadline, () => session.send(targetOf(type, name), incrementalAlterConfigsApi, {
      resources: [{ resourceType: RESOURCE_TYPES[type], resourceName: name, configs }],
    }, deadline), () => session.forgetLocations());
    const [found] = answer.responses;
    return { type, name, errorCode: found?.errorCode ?? -1, errorMessage: found?.errorMessage ?? null };
  }));
}

/** A broker's own settings are known, and changed, only by itself. */
function targetOf(type: ConfigResource['type'], name: string): Target {
  return type === 'broker' && name !== '' ? { kind: 'broker', brokerId: Number(name) } : { kind: 'any' };
}
