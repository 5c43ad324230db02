import { z } from 'zod';
import { configSchema } from './config-schema.ts';

/** The JSON schema of gwctl.yaml as text, made from the schema that reads it. */
export function renderJsonSchema(): string {
  return JSON.stringify({ $id: 'gwctl.yaml', title: 'gwctl.yaml', ...z.toJSONSchema(configSchema, { io: 'input' }) }, null, 2);
}
