import type { FieldSchema, FieldType } from '../../wire/schema.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';

type Struct = Record<string, unknown>;
type MapName = (name: string) => string | undefined;

/** One direction of a rewrite: how each kind of name changes, and what a name that is not the tenant's means. */
export interface Direction {
  readonly names: { readonly [entityType: string]: MapName };
  readonly text: (text: string) => string;
  /** Leader epochs pass: never, but for a test (guards.ts). */
  readonly keepsEpochs: boolean;
}

export function towardsBroker(names: TenantNames, keepsEpochs = false): Direction {
  return {
    names: {
      topicName: (name) => names.topicToPhysical(name),
      groupId: (name) => names.groupToPhysical(name),
      transactionalId: (name) => names.transactionalIdToPhysical(name),
    },
    text: (text) => text,
    keepsEpochs,
  };
}

export function towardsClient(names: TenantNames, keepsEpochs = false): Direction {
  return {
    names: {
      topicName: (name) => names.topicToVirtual(name),
      groupId: (name) => names.groupToVirtual(name),
      transactionalId: (name) => names.transactionalIdToVirtual(name),
    },
    text: (text) => names.scrub(text),
    keepsEpochs,
  };
}

/** Fields that carry a leader epoch, in whichever message (hazards D1 and 00.1): always -1, in both directions. */
const EPOCH_FIELDS: ReadonlySet<string> = new Set(['leaderEpoch', 'currentLeaderEpoch', 'lastFetchedEpoch', 'committedLeaderEpoch']);

/** Fields that hold a broker's words, which quote names. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['errorMessage', 'batchIndexErrorMessage']);

/**
 * Rewrites every name in a message, in place, by the entity type that Kafka's own definition gives to its field. An entry of a list that
 * names something of another tenant is taken out of the list. Leader epochs are cleared on the way.
 *
 * @returns false when `value` itself is not the tenant's
 */
export function rewriteEntities(fields: readonly FieldSchema[], version: number, value: Struct, direction: Direction): boolean {
  for (const field of fields) {
    if (version < field.versions[0] || version > field.versions[1]) continue;
    const seen = value[field.name];
    if (seen === null || seen === undefined) continue;
    const mapName = field.entityType === undefined ? undefined : direction.names[field.entityType];
    if (typeof seen === 'string') {
      if (mapName !== undefined) {
        const mapped = mapName(seen);
        if (mapped === undefined) return false;
        value[field.name] = mapped;
      } else if (TEXT_FIELDS.has(field.name)) value[field.name] = direction.text(seen);
    } else if (typeof seen === 'number') {
      if (!direction.keepsEpochs && EPOCH_FIELDS.has(field.name)) value[field.name] = -1;
    } else if (Array.isArray(seen)) {
      value[field.name] = rewriteList(elementOf(field.type), version, seen, direction, mapName);
    } else {
      const struct = structOf(field.type);
      if (struct !== undefined) rewriteEntities(struct, version, seen as Struct, direction);
    }
  }
  return true;
}

function rewriteList(element: FieldType | undefined, version: number, list: unknown[], direction: Direction, mapName: MapName | undefined): unknown[] {
  if (mapName !== undefined) return list.flatMap((name) => mapName(name as string) ?? []);
  const struct = element === undefined ? undefined : structOf(element);
  return struct === undefined ? list : list.filter((entry) => rewriteEntities(struct, version, entry as Struct, direction));
}

function elementOf(type: FieldType): FieldType | undefined {
  return typeof type === 'object' && 'array' in type ? type.array : undefined;
}

function structOf(type: FieldType): readonly FieldSchema[] | undefined {
  return typeof type === 'object' && 'struct' in type ? type.struct : undefined;
}
