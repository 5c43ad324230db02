import type { Command } from 'commander';
import { setAction } from './command-action.ts';
import type { CliContext } from './context.ts';

/** `gwctl schema`: the JSON schema of gwctl.yaml, for editors. */
export function addSchemaCommand(program: Command, context: CliContext): void {
  const command = program.command('schema').description('print the JSON schema of gwctl.yaml, for editors');
  setAction(command, context, async () => {
    const { renderJsonSchema } = await import('../config/render-json-schema.ts');
    context.out.write(`${renderJsonSchema()}\n`);
    return 0;
  });
}
