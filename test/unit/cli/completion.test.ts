import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { EXAMPLES, FIRST_STEPS } from '../../../src/cli/examples.ts';
import { runCli } from '../../../src/cli/program.ts';
import { createMemoryContext } from '../../support/cli-context.ts';

async function outputOf(...args: string[]): Promise<string> {
  const context = createMemoryContext();
  expect(await runCli(args, context), context.written.err).toBe(0);
  return context.written.out;
}

/** What bash offers after that line; the last word is being typed. */
function complete(script: string, line: string): string[] {
  const words = line.split(' ');
  const ask = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _gwctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' }).split('\n').filter((word) => word !== '');
}

describe('completion in bash', async () => {
  const script = await outputOf('completion', 'bash');

  test.each([
    { line: 'gwctl fa', offers: ['failover'] },
    { line: 'gwctl vcluster re', offers: ['revoke'] },
    { line: 'gwctl --port-offset 10 vcluster to', offers: ['token'] },
    { line: 'gwctl failover --expect', offers: ['--expect-active'] },
    { line: 'gwctl up --runt', offers: ['--runtime'] },
    { line: 'gwctl render compose --dir', offers: ['--directory'] },
    { line: 'gwctl gateway --work', offers: [] },
    { line: 'gwctl up nothing-', offers: [] },
  ])('$line', ({ line, offers }) => expect(complete(script, line)).toEqual(offers));
});

test('zsh gets the same by way of its own bash completion, fish a line a word', async () => {
  expect(await outputOf('completion', 'zsh')).toContain('bashcompinit\n_gwctl()');
  const fish = await outputOf('completion', 'fish');
  expect(fish).toContain("complete -c gwctl -n '__fish_use_subcommand' -f -a failover\n");
  expect(fish).toContain("complete -c gwctl -n '__fish_seen_subcommand_from vcluster; and __fish_seen_subcommand_from create' -l user\n");
});

describe('examples', async () => {
  const commands = [...(await outputOf('completion', 'fish')).matchAll(/-n '__fish_seen_subcommand_from (\w+)(?:; and __fish_seen_subcommand_from (\w+))?'/g)].map(([, first, second]) => [first, second].filter(Boolean).join(' '));
  const names = [...new Set(commands)].filter((name) => !/\bhelp\b/.test(name));

  test('every command has some, and nothing else has', () => {
    expect(names).toContain('vcluster create');
    expect(Object.keys(EXAMPLES).sort()).toEqual(names.sort());
  });

  test.each(FIRST_STEPS)('%s is in the help of gwctl, and is a command of it', async (step) => {
    expect(await outputOf('--help')).toContain(`\n  $ ${step}\n`);
    expect(names).toContain(step.split(' ')[1]);
  });

  test.each(Object.entries(EXAMPLES).flatMap(([name, examples]) => examples.map((example) => ({ name, example }))))('$example is in the help of $name, whose options it has', async ({ name, example }) => {
    const help = await outputOf(...name.split(' '), '--help');
    expect(help).toContain(`\n  $ ${example}\n`);
    expect(example).toMatch(/(^|\()gwctl /);
    for (const [option] of example.matchAll(/(?<= )--?[a-z][\w-]*/g)) expect(help).toMatch(new RegExp(`^ +(-\\w, )?${option}\\b`, 'm'));
  });
});
