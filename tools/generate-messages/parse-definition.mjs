/**
 * Kafka's message definition (JSON with comments) -> the facts that we generate from: names, types, versions, nullability, tags,
 * defaults and entity types, with every version range cut to the versions that are valid. Prose is not kept.
 */
export function parseDefinition(text) {
  const json = JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*/g, (_, string) => string ?? ''));
  const valid = json.validVersions === undefined || json.validVersions === 'none' ? undefined : parseVersions(json.validVersions, [0, 0x7fff]);
  return { ...json, valid, flexibleFrom: json.flexibleVersions === undefined || json.flexibleVersions === 'none' ? Infinity : parseVersions(json.flexibleVersions, [0, 0x7fff])[0] };
}

/** The message's fields, with structs named in `structs` (name -> fields) in the order in which they must be declared. */
export function readMessage(definition) {
  const structs = new Map();
  const common = new Map((definition.commonStructs ?? []).map((struct) => [struct.name, struct]));
  const declare = (name, fields) => {
    if (structs.has(name)) return;
    const read = readFields(fields);
    structs.set(name, read);
  };
  const readFields = (fields) => fields.map(readField).filter((field) => field !== undefined);
  const readField = (field) => {
    const versions = parseVersions(field.versions, definition.valid);
    if (versions === undefined) return undefined;
    const isArray = field.type.startsWith('[]');
    const element = isArray ? field.type.slice(2) : field.type;
    const isStruct = /^[A-Z]/.test(element);
    if (isStruct) declare(element, field.fields ?? common.get(element)?.fields ?? missing(definition, element));
    return {
      name: field.name[0].toLowerCase() + field.name.slice(1),
      element,
      isArray,
      isStruct,
      versions,
      nullable: parseVersions(field.nullableVersions ?? 'none', versions),
      tag: field.tag,
      tagged: parseVersions(field.taggedVersions ?? 'none', versions),
      default: readDefault(field, isArray, isStruct),
      entityType: field.entityType,
      flexible: field.flexibleVersions === 'none' ? false : undefined,
    };
  };
  return { fields: readFields(definition.fields), structs };
}

function missing(definition, element) {
  throw new Error(`${definition.name}: struct ${element} is not defined`);
}

/** '3+', '0-9', '7' or 'none', cut to `within`; undefined when nothing is left. */
function parseVersions(text, within) {
  if (text === 'none') return undefined;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  if (match === null) throw new Error(`version range "${text}" (known: "3+", "0-9", "7", "none")`);
  const low = Number(match[1]);
  const high = match[2] ? within[1] : Number(match[3] ?? match[1]);
  const cut = [Math.max(low, within[0]), Math.min(high, within[1])];
  return cut[0] <= cut[1] ? cut : undefined;
}

/** The default as TypeScript source; undefined when it is the type's own (0, '', false, [], an empty struct; null for records). */
function readDefault(field, isArray, isStruct) {
  if (field.default === undefined) return undefined;
  const text = String(field.default);
  if (text === 'null') return field.type === 'records' ? undefined : 'null';
  if (isArray || isStruct) throw new Error(`field ${field.name}: default "${text}" (known for arrays and structs: null)`);
  if (field.type === 'string') return text === '' ? undefined : JSON.stringify(text);
  if (field.type === 'bool') return text === 'false' ? undefined : text;
  const value = BigInt(text.startsWith('-') ? `-${BigInt(text.slice(1))}` : text);
  if (value === 0n) return undefined;
  return field.type === 'int64' ? `${value}n` : String(value);
}
