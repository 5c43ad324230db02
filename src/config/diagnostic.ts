import { GwctlError } from '../shared/errors.ts';
import type { ConfigPath, Place } from './config-document.ts';

/** One thing that is wrong, before it is known where in the file it stands. */
export interface Finding {
  readonly path: ConfigPath;
  /** The key is wrong, not its value. */
  readonly isKey?: true;
  /** Other values that the finding rests on (`*` for any key): when one of them is wrong itself, the finding is not reported. */
  readonly because?: readonly ConfigPath[];
  readonly message: string;
}

/** One thing that is wrong in one place of a file. */
export interface Diagnostic extends Place {
  /** `clusters.main.port`; empty for the syntax of the file itself. */
  readonly path: string;
  readonly message: string;
}

/** `clusters.main.config["log.retention.ms"]`, `links[0].to`. */
export function renderPath(path: ConfigPath): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}

/** All diagnostics of a file as the one error that reports them; each line is what editors and terminals make a link of. */
export function configError(fileName: string, diagnostics: readonly Diagnostic[]): GwctlError {
  const inOrder = diagnostics.toSorted((left, right) => left.line - right.line || left.column - right.column);
  const lines = inOrder.map(({ line, column, path, message }) => `${fileName}:${line}:${column}: error: ${path === '' ? '' : `${path}: `}${message}`);
  return new GwctlError('CONFIG', lines.join('\n'), { details: { file: fileName, diagnostics: inOrder } });
}
