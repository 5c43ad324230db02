import { GwctlError } from '../shared/errors.ts';
import type { CliContext } from './context.ts';

/** Asks unless `--yes` was given: the answer must be `word`. Throws USAGE where nobody can be asked, CHECK_FAILED for any other answer. */
export async function confirm(question: string, word: string, { yes = false, isJson }: { readonly yes?: boolean | undefined; readonly isJson: boolean }, context: CliContext): Promise<void> {
  if (yes) return;
  if (isJson) throw new GwctlError('USAGE', '-o json cannot ask for confirmation', { hint: 'add --yes' });
  if (!context.isTerminal.in) throw new GwctlError('USAGE', 'there is no terminal to ask for confirmation', { hint: 'add --yes to go on without asking' });
  const answer = (await context.ask(question)).trim();
  if (answer !== word) throw new GwctlError('CHECK_FAILED', `not confirmed: "${answer}" is not "${word}"; nothing was changed`);
}
