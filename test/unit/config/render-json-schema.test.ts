import { expect, test } from 'vitest';
import { renderJsonSchema } from '../../../src/config/render-json-schema.ts';

interface Schema {
  readonly description?: string;
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: Schema[];
}

function undescribed(schema: Schema, path: string): string[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => [
    ...(child.description === undefined ? [`${path}.${key}`] : []),
    ...undescribed(child, `${path}.${key}`),
  ]);
  const others = [schema.additionalProperties, schema.items, ...(schema.anyOf ?? [])].filter((child) => typeof child === 'object');
  return [...below, ...others.flatMap((child) => undescribed(child, `${path}.*`))];
}

function openSections(schema: Schema, path: string): string[] {
  const here = schema.properties !== undefined && schema.additionalProperties !== false ? [path] : [];
  const children = [...Object.values(schema.properties ?? {}), schema.additionalProperties, schema.items, ...(schema.anyOf ?? [])].filter((child) => typeof child === 'object');
  return [...here, ...children.flatMap((child) => openSections(child, `${path}.*`))];
}

const schema = JSON.parse(renderJsonSchema()) as Schema;

test('every key of gwctl.yaml has a description in the JSON schema', () => {
  expect(Object.keys(schema.properties ?? {})).toContain('gateways');
  expect(undescribed(schema, '')).toEqual([]);
  expect(undescribed({ properties: { a: { anyOf: [{ properties: { b: {} } }], description: 'a' } } }, '')).toEqual(['.a.*.b']);
});

test('the JSON schema refuses unknown keys everywhere, as the reader does', () => {
  expect(openSections(schema, '')).toEqual([]);
});
