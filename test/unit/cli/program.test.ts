import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addOutputOption, type CommandHandler, setAction } from '../../../src/cli/command-action.ts';
import type { CliContext } from '../../../src/cli/context.ts';
import { type AddCommand, runCli } from '../../../src/cli/program.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { createMemoryContext } from '../../support/cli-context.ts';

function probe(handler: CommandHandler<Record<string, unknown>>): AddCommand {
  return (program: Command, context: CliContext) => {
    setAction(addOutputOption(program.command('probe').argument('[file...]').option('--to <cluster>')), context, handler);
  };
}

const refuse = probe(async () => {
  throw new GwctlError('CHECK_FAILED', 'main is 12 records behind (allowed: 0)', { hint: 'wait, or raise --max-lag', details: { lagRecords: 12n } });
});

describe('exit codes', () => {
  test.each([
    { name: 'help', argv: ['--help'], exitCode: 0, out: /Usage: gwctl/, err: /^$/ },
    { name: 'help of a command', argv: ['schema', '--help'], exitCode: 0, out: /JSON schema/, err: /^$/ },
    { name: 'version', argv: ['--version'], exitCode: 0, out: /^\d+\.\d+\.\d+\n$/, err: /^$/ },
    { name: 'no command', argv: [], exitCode: 2, out: /^$/, err: /Usage: gwctl/ },
    { name: 'a command with a typo', argv: ['shema'], exitCode: 2, out: /^$/, err: /unknown command 'shema'[^]*Did you mean schema/ },
    { name: 'an option with a typo', argv: ['--port-ofset', '1', 'schema'], exitCode: 2, out: /^$/, err: /unknown option '--port-ofset'[^]*--port-offset/ },
    { name: 'an option without its value', argv: ['schema', '--config'], exitCode: 2, out: /^$/, err: /argument missing/ },
    { name: 'an argument too many', argv: ['schema', 'now'], exitCode: 2, out: /^$/, err: /too many arguments/ },
    { name: 'schema', argv: ['schema'], exitCode: 0, out: /"\$schema"/, err: /^$/ },
  ])('$name: $exitCode', async ({ argv, exitCode, out, err }) => {
    const context = createMemoryContext();
    expect(await runCli(argv, context)).toBe(exitCode);
    expect(context.written.out).toMatch(out);
    expect(context.written.err).toMatch(err);
  });

  test.each([0, 7])('what a command answers (%i) is the exit code', async (code) => {
    expect(await runCli(['probe'], createMemoryContext(), [probe(async () => code)])).toBe(code);
  });
});

describe('errors', () => {
  test('are a line and a hint on stderr', async () => {
    const context = createMemoryContext();
    expect(await runCli(['probe'], context, [refuse])).toBe(3);
    expect(context.written).toEqual({ out: '', err: 'error: main is 12 records behind (allowed: 0)\n  hint: wait, or raise --max-lag\n' });
  });

  test('are an object on stdout with -o json', async () => {
    const context = createMemoryContext();
    expect(await runCli(['probe', '-o', 'json'], context, [refuse])).toBe(3);
    expect(context.written.err).toBe('');
    expect(JSON.parse(context.written.out)).toEqual({
      error: { code: 'CHECK_FAILED', message: 'main is 12 records behind (allowed: 0)', hint: 'wait, or raise --max-lag', details: { lagRecords: '12' } },
    });
  });

  test('that nobody foresaw are a bug, with a stack only for --debug', async () => {
    const bug = probe(async () => {
      throw new TypeError('x is not a function', { cause: new Error('deeper') });
    });
    const quiet = createMemoryContext();
    expect(await runCli(['probe'], quiet, [bug])).toBe(70);
    expect(quiet.written.err).toMatch(/^error: x is not a function\n {2}hint: this is a bug in gwctl/);
    expect(quiet.written.err).not.toMatch(/ at /);
    const loud = createMemoryContext();
    expect(await runCli(['probe', '--debug'], loud, [bug])).toBe(70);
    expect(loud.written.err).toMatch(/\n {4}at [^]*caused by Error: deeper/);
  });

  test('of gwctl.yaml are printed as they are, so that editors can follow them', async () => {
    const context = createMemoryContext();
    const config = probe(async () => {
      const { parseTopology } = await import('../../../src/config/parse-topology.ts');
      parseTopology('nam: x', { fileName: 'gwctl.yaml', portOffset: 0, baseDir: '/' });
      return 0;
    });
    expect(await runCli(['probe'], context, [config])).toBe(2);
    expect(context.written.err).toBe('gwctl.yaml:1:1: error: nam: unknown key (did you mean "name"?)\n');
  });

  test('that come from a signal are "interrupted", and an abort of something else is not', async () => {
    const aborted = probe(async () => {
      throw new DOMException('This operation was aborted', 'AbortError');
    });
    const controller = new AbortController();
    controller.abort(new GwctlError('INTERRUPTED', 'interrupted by SIGINT'));
    const context = createMemoryContext({ signal: controller.signal });
    expect(await runCli(['probe'], context, [aborted])).toBe(130);
    expect(context.written.err).toBe('error: interrupted by SIGINT\n');
    expect(await runCli(['probe'], createMemoryContext(), [aborted])).toBe(70);
  });
});

describe('global options', () => {
  async function globalsOf(argv: readonly string[], env: Record<string, string> = {}) {
    let seen: unknown;
    const context = createMemoryContext({ env, cwd: '/work' });
    const exitCode = await runCli(argv, context, [
      probe(async (options, globals, args) => {
        seen = { options, globals, args };
        return 0;
      }),
    ]);
    return exitCode === 0 ? seen : context.written.err;
  }
  const defaults = { config: undefined, portOffset: 0, stateDir: '/work/.gwctl', debug: false };

  test.each([
    { name: 'defaults', argv: ['probe'], globals: defaults },
    { name: 'before the command', argv: ['-c', 'a.yaml', '--port-offset', '1000', '--debug', 'probe'], globals: { ...defaults, config: 'a.yaml', portOffset: 1000, debug: true } },
    { name: 'after the command', argv: ['probe', '--state-dir', 'state', '--port-offset=7'], globals: { ...defaults, stateDir: '/work/state', portOffset: 7 } },
    { name: 'from the environment', argv: ['probe'], env: { GWCTL_PORT_OFFSET: '20', GWCTL_STATE_DIR: '/var/gwctl' }, globals: { ...defaults, portOffset: 20, stateDir: '/var/gwctl' } },
    { name: 'a flag over the environment', argv: ['probe', '--port-offset', '0'], env: { GWCTL_PORT_OFFSET: '20' }, globals: defaults },
    { name: 'an empty variable', argv: ['probe'], env: { GWCTL_PORT_OFFSET: '', GWCTL_STATE_DIR: '' }, globals: defaults },
  ])('$name', async ({ argv, env, globals }) => expect(await globalsOf(argv, env)).toMatchObject({ globals }));

  test.each([
    { name: 'a flag', argv: ['probe', '--port-offset', '65536'], says: 'error: --port-offset: "65536" is not a port offset (0 to 65535)\n' },
    { name: 'a negative flag', argv: ['probe', '--port-offset=-1'], says: 'error: --port-offset: "-1" is not a port offset (0 to 65535)\n' },
    { name: 'a variable', argv: ['probe'], env: { GWCTL_PORT_OFFSET: '1e3' }, says: 'error: GWCTL_PORT_OFFSET: "1e3" is not a port offset (0 to 65535)\n' },
  ])('an offset that is none is named with its source: $name', async ({ argv, env, says }) => expect(await globalsOf(argv, env)).toBe(says));

  test("the command's own options and arguments come apart from the global ones", async () => {
    expect(await globalsOf(['probe', '--debug', 'a', '--to', 'failover', 'b'])).toMatchObject({ options: { to: 'failover', output: 'text' }, args: ['a', 'b'] });
  });
});
