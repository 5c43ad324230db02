import { Chalk } from 'chalk';

/** Colours by meaning. Every function answers with its text as it is when the stream takes no colour. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** Colours for a terminal, none for anything else or when NO_COLOR is set (no-color.org: any value but the empty one). */
export function createPalette(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Palette {
  const chalk = new Chalk({ level: isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? 1 : 0 });
  return { good: chalk.green, bad: chalk.red, warning: chalk.yellow, strong: chalk.bold, faint: chalk.dim };
}
