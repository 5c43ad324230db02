/**
 * Every way in which gwctl ends other than well. A code is what scripts branch on; the exit code comes from this table and never
 * changes its meaning (README, "Exit codes").
 */
export const CATALOG = {
  /** A flag or an argument that makes no sense. */
  USAGE: { exit: 2 },
  /** gwctl.yaml or a scenario that is wrong; `details` is the full list of diagnostics. */
  CONFIG: { exit: 2 },
  /** Something this machine lacks (Java, Maven, a free port): nothing was started or changed. */
  ENVIRONMENT: { exit: 3 },
  /** A check said no: nothing was changed. */
  CHECK_FAILED: { exit: 3 },
  /** The world is not as the caller said it would be: nothing was changed. */
  NOT_AS_EXPECTED: { exit: 4 },
  /** A run failed, and everything that it had changed was put back. */
  ROLLED_BACK: { exit: 5 },
  /** A run failed and could not be put back: a person must act. */
  NEEDS_OPERATOR: { exit: 6 },
  /** A component did not come up, died, or does not answer. */
  UNAVAILABLE: { exit: 6 },
  /** The switch happened, and a check afterwards failed. */
  PROOF_FAILED: { exit: 7 },
  /** Another run holds the nodes. */
  LOCKED: { exit: 8 },
  /** Bytes that are not the protocol they claim to be. Closes one connection, ends no process. */
  PROTOCOL: { exit: 70 },
  /** A bug in gwctl. */
  INTERNAL: { exit: 70 },
  /** Stopped by a signal. */
  INTERRUPTED: { exit: 130 },
} as const satisfies Record<string, { readonly exit: number }>;

/** What the system refuses is no bug: its code -> what a person does next. */
const MACHINE_SAYS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space (`df -h` shows where), or use --state-dir',
  EDQUOT: 'this user may write no more there: free some space, or use --state-dir',
  EROFS: 'nothing can be written there: use --state-dir',
};

export type ErrorCode = keyof typeof CATALOG;

/** What gwctl was told is wrong, and not the world. */
export function isMisconfigured(code: ErrorCode): boolean {
  return CATALOG[code].exit === CATALOG.CONFIG.exit;
}

export interface ErrorContext {
  /** What a person does next, as a sentence or a command. */
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class. The message is lower case and names the thing, the value seen and the value allowed. */
export class GwctlError extends Error {
  override readonly name = 'GwctlError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.hint = context.hint;
    this.details = context.details ?? {};
  }

  get exitCode(): number {
    return CATALOG[this.code].exit;
  }

  /** Anything that was thrown, as a GwctlError; what was not foreseen is INTERNAL. */
  static from(reason: unknown): GwctlError {
    if (reason instanceof GwctlError) return reason;
    const message = reason instanceof Error ? reason.message : String(reason);
    const hint = MACHINE_SAYS[(reason as NodeJS.ErrnoException | undefined)?.code ?? ''];
    if (hint !== undefined) return new GwctlError('ENVIRONMENT', message, { cause: reason, hint });
    return new GwctlError('INTERNAL', message, { cause: reason, hint: 'this is a bug in gwctl: please report it with the output of --debug' });
  }
}
