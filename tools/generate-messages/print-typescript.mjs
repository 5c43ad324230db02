import { readMessage } from './parse-definition.mjs';

const HEADER = '// Generated from Kafka\'s message definitions by `node tools/generate-messages.mjs`: do not edit.\n';

const TYPESCRIPT = {
  bool: 'boolean', int8: 'number', int16: 'number', uint16: 'number', int32: 'number', uint32: 'number', int64: 'bigint',
  float64: 'number', string: 'string', uuid: 'string', bytes: 'Buffer', records: 'Buffer',
};

/** `OffsetForLeaderEpoch` -> `offset-for-leader-epoch`. */
export function kebabCase(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** One file with a request, its response and their definition. */
export function printApi(request, response) {
  const name = request.name.replace(/Request$/, '');
  const shared = sharedStructs(request, response);
  const imports = `import type { Api, MessageSchema, StructType${usesTags(request, response) ? ', UnknownTag' : ''} } from '../schema.ts';\n`;
  const api = `/** API ${request.apiKey}. */\nexport const ${lower(name)}Api: Api<${request.name}, ${response.name}> = `
    + `{ key: ${request.apiKey}, name: '${name}', request: ${lower(request.name)}, response: ${lower(response.name)} };\n`;
  const body = [printMessage(request, shared), printMessage(response, shared), api].join('\n');
  return HEADER + (body.includes('StructType') ? imports : imports.replace(', StructType', '')) + '\n' + body;
}

/** One file with one message: a header, or bytes inside other messages. */
export function printSingle(message) {
  const body = printMessage(message, new Set());
  const types = ['MessageSchema', ...(body.includes('StructType') ? ['StructType'] : []), ...(usesTags(message) ? ['UnknownTag'] : [])];
  return `${HEADER}import type { ${types.join(', ')} } from '../schema.ts';\n\n${body}`;
}

/** The table of all APIs by key. */
export function printApis(names) {
  const imports = names.map((name) => `import { ${lower(name)}Api } from './${kebabCase(name)}.ts';\n`).join('');
  const rows = names.map((name) => `  ${lower(name)}Api,\n`).join('');
  return `${HEADER}import { apiTable, type ApiDefinition } from '../schema.ts';\n${imports}\n`
    + '/** Every API that a client may call, by key. */\n'
    + `export const APIS: ReadonlyMap<number, ApiDefinition> = apiTable([\n${rows}]);\n`;
}

/** Struct names that both messages use, for different things: there, the message's name goes before. */
function sharedStructs(request, response) {
  const inResponse = readMessage(response).structs;
  return new Set([...readMessage(request).structs.keys()].filter((name) => inResponse.has(name)));
}

function usesTags(...messages) {
  return messages.some((message) => message.flexibleFrom !== Infinity);
}

function printMessage(message, shared) {
  const { fields, structs } = readMessage(message);
  const nameOf = (struct) => (shared.has(struct) ? `${message.name}${struct}` : struct);
  const tags = usesTags(message) ? '  unknownTags?: UnknownTag[];\n' : '';
  const printInterface = (name, members) => `export interface ${name} {\n${members.map((field) => `  ${field.name}: ${typeOf(field, nameOf)};\n`).join('')}${tags}}\n`;
  const flexible = message.flexibleFrom === Infinity ? 'never flexible' : `flexible from ${message.flexibleFrom}`;
  const parts = [`/** Versions ${message.valid[0]} to ${message.valid[1]}, ${flexible}. */\n${printInterface(message.name, fields)}`];
  for (const [name, members] of [...structs].reverse()) parts.push(printInterface(nameOf(name), members));
  for (const [name, members] of structs) {
    parts.push(`const ${lower(nameOf(name))}: StructType = {\n  name: '${name}',\n  struct: [\n${printFields(members, nameOf, '    ')}  ],\n};\n`);
  }
  parts.push(`export const ${lower(message.name)}: MessageSchema<${message.name}> = {\n  name: '${message.name}',\n`
    + `  apiKey: ${message.apiKey ?? -1},\n  kind: '${message.type}',\n  validVersions: [${message.valid.join(', ')}],\n`
    + `  flexibleFrom: ${message.flexibleFrom},\n  fields: [\n${printFields(fields, nameOf, '    ')}  ],\n};\n`);
  return parts.join('\n');
}

function typeOf(field, nameOf) {
  const element = field.isStruct ? nameOf(field.element) : TYPESCRIPT[field.element];
  if (element === undefined) throw new Error(`field ${field.name}: type ${field.element} is unknown`);
  const canBeNull = field.nullable !== undefined || field.default === 'null' || field.element === 'records';
  return `${element}${field.isArray ? '[]' : ''}${canBeNull ? ' | null' : ''}`;
}

function printFields(fields, nameOf, indent) {
  return fields.map((field) => {
    const element = field.isStruct ? lower(nameOf(field.element)) : `'${field.element}'`;
    const parts = [`name: '${field.name}'`, `type: ${field.isArray ? `{ array: ${element} }` : element}`, `versions: [${field.versions.join(', ')}]`];
    if (field.nullable !== undefined) parts.push(`nullable: [${field.nullable.join(', ')}]`);
    if (field.tagged !== undefined) parts.push(`tag: ${field.tag}`, `tagged: [${field.tagged.join(', ')}]`);
    if (field.default !== undefined) parts.push(`default: ${field.default}`);
    if (field.entityType !== undefined) parts.push(`entityType: '${field.entityType}'`);
    if (field.flexible !== undefined) parts.push(`flexible: ${field.flexible}`);
    return `${indent}{ ${parts.join(', ')} },\n`;
  }).join('');
}

function lower(name) {
  return name[0].toLowerCase() + name.slice(1);
}
