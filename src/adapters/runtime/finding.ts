/** One line of `gwctl doctor`. */
export interface Finding {
  readonly what: string;
  /** 'missing': `up` cannot work without it. 'note': it can. */
  readonly status: 'ok' | 'missing' | 'note';
  readonly seen: string;
  /** What puts it right; null when nothing is wrong. */
  readonly fix: string | null;
}
