import { GwctlError } from '../shared/errors.ts';
import type { CliContext } from './context.ts';

/** Prints what was thrown and answers with its exit code. JSON goes to stdout, where a script reads the answer. */
export function printError(reason: unknown, context: Pick<CliContext, 'out' | 'err' | 'signal'>, { json, debug }: { readonly json: boolean; readonly debug: boolean }): number {
  const error = GwctlError.from(isAbort(reason) && context.signal.aborted ? context.signal.reason : reason);
  if (json) {
    const { code, message, hint, details } = error;
    // One line: after the events of a run it is the last one, as the result is.
    context.out.write(`${JSON.stringify({ error: { code, message, hint: hint ?? null, details } }, bigintAsText)}\n`);
  } else {
    context.err.write(`${renderError(error)}\n`);
  }
  if (debug && error.stack !== undefined) context.err.write(`${error.stack}${causesOf(error)}\n`);
  return error.exitCode;
}

/** `error: message` and the hint below it; diagnostics of a file already carry their `file:line:col: error:`. */
export function renderError(error: GwctlError): string {
  const isDiagnostics = error.code === 'CONFIG' && Array.isArray(error.details['diagnostics']);
  const message = isDiagnostics ? error.message : `error: ${error.message}`;
  return error.hint === undefined ? message : `${message}\n  hint: ${error.hint}`;
}

function isAbort(reason: unknown): boolean {
  return reason instanceof Error && (reason.name === 'AbortError' || (reason as { code?: unknown }).code === 'ABORT_ERR');
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function causesOf(error: GwctlError): string {
  let text = '';
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) text += `\ncaused by ${cause.stack ?? cause.message}`;
  return text;
}
