import { GwctlError } from '../../shared/errors.ts';

/** What stands for `{{name}}` in a template. A text that is nothing but a placeholder takes any value; undefined leaves its key out. */
export type TemplateValues = Readonly<Record<string, unknown>>;

const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/** Fills in a template, keys and structure kept. A placeholder that has no value is a bug, not an empty text. */
export function fillTemplate(template: unknown, values: TemplateValues): unknown {
  if (typeof template === 'string') return fillText(template, values);
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, values));
  if (template === null || typeof template !== 'object') return template;
  const entries = Object.entries(template).map(([key, value]) => [key, fillTemplate(value, values)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function fillText(text: string, values: TemplateValues): unknown {
  const [whole, name] = /^\{\{(\w+)\}\}$/.exec(text) ?? [];
  if (whole !== undefined && name !== undefined) return valueOf(name, values);
  return text.replace(PLACEHOLDER, (_, key: string) => String(valueOf(key, values)));
}

function valueOf(name: string, values: TemplateValues): unknown {
  if (!(name in values)) throw new GwctlError('INTERNAL', `the template names {{${name}}}, which has no value (there are ${Object.keys(values).join(', ')})`);
  return values[name];
}
