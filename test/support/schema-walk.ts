import { isArray, isStruct, type FieldSchema, type Message, type MessageSchema } from '../../src/wire/schema.ts';
import { fieldsAt } from '../../src/wire/struct-fields.ts';

export type VisitField = (field: FieldSchema, owner: Message, path: string) => void;

/**
 * Visits every leaf and every array that the message has in this version, in wire order; structs are walked, not visited. `owner` is
 * the struct that holds the field and may be changed in place: an array that is replaced or filtered in its visit is walked as it is afterwards.
 */
export function forEachField<T>(schema: MessageSchema<T>, version: number, value: T, visit: VisitField): void {
  walk(schema.fields, version, value as Message, '', visit);
}

function walk(fields: readonly FieldSchema[], version: number, owner: Message, prefix: string, visit: VisitField): void {
  for (const field of fieldsAt(fields, version)) {
    const { type, name } = field;
    const path = prefix + name;
    if (isStruct(type)) {
      const inner = owner[name];
      if (inner !== null && inner !== undefined) walk(type.struct, version, inner as Message, `${path}.`, visit);
      continue;
    }
    visit(field, owner, path);
    if (!isArray(type) || !isStruct(type.array)) continue;
    const elements = owner[name] as readonly Message[] | null | undefined;
    if (elements === null || elements === undefined) continue;
    for (const [index, element] of elements.entries()) walk(type.array.struct, version, element, `${path}[${index}].`, visit);
  }
}
