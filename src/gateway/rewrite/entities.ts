import { isArray, isStruct, type FieldSchema, type Message } from '../../wire/schema.ts';
import { fieldsAt } from '../../wire/struct-fields.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';

type NameType = 'topicName' | 'groupId' | 'transactionalId';

/** One direction of a rewrite: how each kind of name changes; undefined: it is not the tenant's. */
interface Direction {
  readonly names: { readonly [type in NameType]: (name: string, names: TenantNames) => string | undefined };
  readonly text: (text: string, names: TenantNames) => string;
  /** Leader epochs pass: never, but for a test (guards.ts). */
  readonly keepsEpochs: boolean;
}

const TOWARDS_BROKER: Direction = {
  names: {
    topicName: (name, names) => names.topicToPhysical(name),
    groupId: (name, names) => names.groupToPhysical(name),
    transactionalId: (name, names) => names.transactionalIdToPhysical(name),
  },
  text: (text) => text,
  keepsEpochs: false,
};

const TOWARDS_CLIENT: Direction = {
  names: {
    topicName: (name, names) => names.topicToVirtual(name),
    groupId: (name, names) => names.groupToVirtual(name),
    transactionalId: (name, names) => names.transactionalIdToVirtual(name),
  },
  text: (text, names) => names.scrub(text),
  keepsEpochs: false,
};

export function towardsBroker(keepsEpochs = false): Direction {
  return keepsEpochs ? { ...TOWARDS_BROKER, keepsEpochs } : TOWARDS_BROKER;
}

export function towardsClient(keepsEpochs = false): Direction {
  return keepsEpochs ? { ...TOWARDS_CLIENT, keepsEpochs } : TOWARDS_CLIENT;
}

/** Fields that carry a leader epoch, in whichever message (hazards D1 and 00.1): always -1, in both directions. */
const EPOCH_FIELDS: ReadonlySet<string> = new Set(['leaderEpoch', 'currentLeaderEpoch', 'lastFetchedEpoch', 'committedLeaderEpoch']);

/** Fields that hold a broker's words, which quote names. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['errorMessage', 'batchIndexErrorMessage']);

/** A field that is rewritten. Most fields hold nothing of the kind and have no step, so that nobody looks at them. */
type Step = { readonly field: string } & (
  | { readonly holds: 'name' | 'names'; readonly type: NameType }
  | { readonly holds: 'text' | 'epoch' }
  | { readonly holds: 'struct' | 'structs'; readonly steps: readonly Step[] }
);

const plans = new WeakMap<readonly FieldSchema[], Map<number, readonly Step[]>>();

/**
 * Rewrites every name in a message, in place, by the entity type that Kafka's own definition gives to its field. An entry of a list that
 * names something of another tenant is taken out of the list. Leader epochs are cleared on the way.
 */
export function rewriteEntities(fields: readonly FieldSchema[], version: number, value: Message, direction: Direction, names: TenantNames): void {
  rewriteStruct(planOf(fields, version), value, direction, names);
}

function planOf(fields: readonly FieldSchema[], version: number): readonly Step[] {
  let byVersion = plans.get(fields);
  if (byVersion === undefined) plans.set(fields, (byVersion = new Map()));
  let plan = byVersion.get(version);
  if (plan === undefined) byVersion.set(version, (plan = fieldsAt(fields, version).flatMap((field) => stepOf(field, version) ?? [])));
  return plan;
}

function stepOf({ name: field, type, entityType }: FieldSchema, version: number): Step | undefined {
  const element = isArray(type) ? type.array : type;
  const isList = isArray(type);
  if (typeof element === 'object') {
    const steps = isStruct(element) ? planOf(element.struct, version) : [];
    return steps.length === 0 ? undefined : { field, holds: isList ? 'structs' : 'struct', steps };
  }
  if (entityType !== undefined && isNameType(entityType)) return { field, holds: isList ? 'names' : 'name', type: entityType };
  if (isList) return undefined;
  if (TEXT_FIELDS.has(field)) return { field, holds: 'text' };
  return EPOCH_FIELDS.has(field) ? { field, holds: 'epoch' } : undefined;
}

function isNameType(type: string): type is NameType {
  return Object.hasOwn(TOWARDS_BROKER.names, type);
}

/** @returns false when `value` itself is not the tenant's */
function rewriteStruct(steps: readonly Step[], value: Message, direction: Direction, names: TenantNames): boolean {
  for (const step of steps) {
    const seen = value[step.field];
    if (seen === null || seen === undefined) continue;
    switch (step.holds) {
      case 'name': {
        const mapped = direction.names[step.type](seen as string, names);
        if (mapped === undefined) return false;
        value[step.field] = mapped;
        break;
      }
      case 'names':
        value[step.field] = (seen as string[]).flatMap((name) => direction.names[step.type](name, names) ?? []);
        break;
      case 'text':
        value[step.field] = direction.text(seen as string, names);
        break;
      case 'epoch':
        if (!direction.keepsEpochs) value[step.field] = -1;
        break;
      case 'struct':
        rewriteStruct(step.steps, seen as Message, direction, names);
        break;
      case 'structs':
        value[step.field] = rewriteStructs(step.steps, seen as Message[], direction, names);
    }
  }
  return true;
}

/** The list itself, where all of it is the tenant's. */
function rewriteStructs(steps: readonly Step[], list: Message[], direction: Direction, names: TenantNames): Message[] {
  let kept: Message[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const entry = list[index] as Message;
    if (!rewriteStruct(steps, entry, direction, names)) kept ??= list.slice(0, index);
    else kept?.push(entry);
  }
  return kept ?? list;
}
