// Writes src/wire/generated from the message definitions inside a kafka-clients jar.
//   node tools/generate-messages.mjs [JAR] [--out FOLDER]
// JAR is by default the one that `npm run setup` keeps in gwctl's cache.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseDefinition } from './generate-messages/parse-definition.mjs';
import { kebabCase, printApi, printApis, printSingle } from './generate-messages/print-typescript.mjs';
import { readZip } from './generate-messages/read-zip.mjs';

const KAFKA_VERSION = '4.3.1';
/** What brokers and controllers say to each other through a broker's listener; no client may. */
const INTER_BROKER_KEYS = new Set([27, 83, 84, 85, 86, 87]);
const SINGLE_MESSAGES = ['RequestHeader', 'ResponseHeader', 'ConsumerProtocolSubscription', 'ConsumerProtocolAssignment'];

function cachedJar() {
  const cache = process.env.GWCTL_CACHE_DIR ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'gwctl');
  return path.join(cache, `kafka-${KAFKA_VERSION}`, 'libs', `kafka-clients-${KAFKA_VERSION}.jar`);
}

function generate(jar) {
  const entries = readZip(jar, (name) => name.startsWith('common/message/') && name.endsWith('.json'));
  const definitions = [...entries.values()].map((bytes) => parseDefinition(bytes.toString('utf8')));
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const requests = definitions
    .filter((one) => one.type === 'request' && one.valid !== undefined && one.listeners?.includes('broker') && !INTER_BROKER_KEYS.has(one.apiKey))
    .sort((a, b) => a.apiKey - b.apiKey);

  const files = new Map();
  for (const request of requests) {
    const response = byName.get(request.name.replace(/Request$/, 'Response'));
    if (response === undefined) throw new Error(`${request.name} has no response`);
    if (response.flexibleFrom !== request.flexibleFrom) throw new Error(`${request.name} and its response are flexible from different versions`);
    files.set(`${kebabCase(request.name.replace(/Request$/, ''))}.ts`, printApi(request, response));
  }
  for (const name of SINGLE_MESSAGES) files.set(`${kebabCase(name)}.ts`, printSingle(byName.get(name)));
  files.set('apis.ts', printApis(requests.map((request) => request.name.replace(/Request$/, ''))));
  return files;
}

function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const jarPath = positionals[0] ?? cachedJar();
  const folder = values.out ?? path.join(import.meta.dirname, '..', 'src', 'wire', 'generated');
  const files = generate(readFileSync(jarPath));
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.ts') && !files.has(name)) rmSync(path.join(folder, name));
  for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
  process.stderr.write(`${files.size} files in ${folder}\n`);
}

main();
