import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../src/cli/program.ts';
import { parseTopology } from '../../src/config/parse-topology.ts';
import { renderJsonSchema } from '../../src/config/render-json-schema.ts';
import { STEP_KINDS, STEP_SCHEMAS } from '../../src/drill/scenario-schema.ts';
import { ADMIN_PATHS } from '../../src/shared/admin-api.ts';
import { CATALOG } from '../../src/shared/errors.ts';
import { STEPS } from '../../src/steps/step-registry.ts';
import { createMemoryContext } from '../support/cli-context.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const PACKAGE = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { scripts: Record<string, string> };

/** The cells of every row of the first table below a heading. */
function tableBelow(text: string, heading: string): string[][] {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
}

/** What stands in backticks. */
function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** `CODE` -> the exit code that the README says it has. */
function exitCodesIn(text: string): Record<string, number> {
  return Object.fromEntries(tableBelow(text, 'Exit codes').flatMap(([exit, codes = '']) => [...codes.matchAll(/`([A-Z_]+)`/g)].map(([, code = '']) => [code, Number(exit)])));
}

/** Names that the text tells people to `npm run`. */
function scriptsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name))];
}

async function helpOf(...words: string[]): Promise<string> {
  const context = createMemoryContext();
  expect(await runCli([...words, '--help'], context)).toBe(0);
  return context.written.out;
}

/** First words of the lines below "Commands:". */
function commandsIn(help: string): string[] {
  const [, list = ''] = help.split(/^Commands:\n/m);
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
}

/** `gwctl a b` -> ['a', 'b'], with the other cells of its row. */
function commandRows(text: string): { words: string[]; options: string[] }[] {
  return tableBelow(text, 'Commands').map(([command = '', does = '', options = '']) => ({
    words: command.replaceAll('`', '').split(' ').slice(1),
    options: [...`${does} ${options}`.matchAll(/`(--?[a-z-]+)/g)].map(([, option = '']) => option),
  }));
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

function keysOf({ properties = {}, additionalProperties, items, anyOf = [] }: Schema): string[] {
  const below = [...Object.values(properties), ...(typeof additionalProperties === 'object' ? [additionalProperties] : []), ...(items === undefined ? [] : [items]), ...anyOf];
  return [...new Set([...Object.keys(properties), ...below.flatMap(keysOf)])];
}

function yamlIn(text: string): string {
  return /^```yaml\n([^]*?)^```$/m.exec(text)?.[1] ?? '';
}

function missingKeys(yaml: string): string[] {
  return keysOf(JSON.parse(renderJsonSchema()) as Schema).filter((key) => !new RegExp(`(^|[\\s{#])${key}:`, 'm').test(yaml));
}

describe('exit codes', () => {
  test('every error code is in the table, with its number', () => {
    expect(exitCodesIn(README)).toEqual(Object.fromEntries(Object.entries(CATALOG).map(([code, { exit }]) => [code, exit])));
  });

  test('a code that is left out or has another number would be noticed', () => {
    expect(exitCodesIn(README.replace('`LOCKED`', ''))).not.toHaveProperty('LOCKED');
    expect(exitCodesIn(README.replace('| 8 | `LOCKED`', '| 9 | `LOCKED`'))).toHaveProperty('LOCKED', 9);
  });
});

describe('commands', () => {
  test('every command of --help is in the table, and no other', async () => {
    const commands = commandsIn(await helpOf());
    expect(commands).toContain('failover');
    expect([...new Set(commandRows(README).map(({ words }) => words[0]))].sort()).toEqual(commands.sort());
  });

  test('the commands of vcluster are in the table', async () => {
    const inTable = commandRows(README).filter(({ words }) => words[0] === 'vcluster').map(({ words }) => words[1]);
    expect([...inTable, 'help'].sort()).toEqual(commandsIn(await helpOf('vcluster')).sort());
  });

  test.each(commandRows(README).filter(({ words }) => words[0] !== 'help'))('$words has the options that are named: $options', async ({ words, options }) => {
    const help = await helpOf(...words);
    for (const option of options) expect(help).toMatch(new RegExp(`(^|[\\s])${option}\\b`, 'm'));
  });

  test('every script that is named exists', () => {
    expect(scriptsIn('see `npm run nothing-like-it`').filter((name) => PACKAGE.scripts[name] === undefined)).toEqual(['nothing-like-it']);
    expect(scriptsIn(README)).toContain('demo');
    expect(scriptsIn(README).filter((name) => PACKAGE.scripts[name] === undefined)).toEqual([]);
  });
});

describe('configuration', () => {
  test('the file that is shown has every key of the schema', () => {
    expect(missingKeys(yamlIn(README).replace(/^ *maxLagSeconds:.*$/m, ''))).toEqual(['maxLagSeconds']);
    expect(missingKeys(yamlIn(README))).toEqual([]);
  });

  test('the values that are shown are the defaults', () => {
    const options = { fileName: 'README.md', portOffset: 0, baseDir: '/' };
    expect(parse(yamlIn(README))).toHaveProperty('failover.pauseBudget');
    expect(parseTopology(yamlIn(README), options)).toEqual(parseTopology('', options));
  });
});

test('every step of a drill is in its table, with every setting, and what a load may be expected to show is named', () => {
  const rows = new Map(tableBelow(README, 'Drills').map(([step = '', , settings = '']) => [namesIn(step)[0], namesIn(settings)]));
  expect([...rows.keys()]).toEqual(STEP_KINDS);
  for (const kind of STEP_KINDS) expect(rows.get(kind)?.toSorted(), kind).toEqual(Object.keys(STEP_SCHEMAS[kind].shape).toSorted());
  const [, section = ''] = README.split('\n## Drills\n');
  const { expect: loadExpected } = STEP_SCHEMAS.stopLoad.shape;
  for (const key of Object.keys(loadExpected.unwrap().shape)) expect(section).toContain(`\`${key}\``);
});

test('every step of a switch is explained, in the order in which it happens', () => {
  const [, section = ''] = README.split('\n## How a switch works\n');
  const explained = [...section.matchAll(/^\d+\. `([a-z-]+)`/gm)].map(([, kind]) => kind);
  expect(explained).toEqual(Object.keys(STEPS));
});

test('every request of the admin API is in its table', () => {
  const inTable = tableBelow(README, 'The gateway').map(([request = '']) => request.replaceAll('`', '').split(' ')[1]);
  const { health, metrics, state, acknowledged, clients, virtualClusters, issueToken, revoke, switch: switchNode } = ADMIN_PATHS;
  const paths = [health, metrics, state, acknowledged, clients, virtualClusters, issueToken('{vc}', '{user}'), revoke('{vc}'), switchNode('{from}', '{to}'), '/admin/gateway/v1/switch/{verb}'];
  expect(paths).toHaveLength(Object.keys(ADMIN_PATHS).length);
  expect([...inTable].sort()).toEqual(paths.map((path) => decodeURIComponent(path)).sort());
});

test('no path of a machine is shown', () => {
  expect(README).not.toMatch(/\/(root|home|tmp|work)\//);
});
