export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type LogFormat = 'text' | 'json';

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** The same log, with fields that every line carries. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  /** `text` when absent. */
  readonly format?: LogFormat;
  /** What every line carries. */
  readonly common?: LogFields;
  readonly now?: () => Date;
}

type Level = 'INFO' | 'WARN';

/** One line an entry, in the format that was chosen. Never records, tokens or SASL bytes: only what the callers name. */
export function createLog(write: (line: string) => void, { format = 'text', common = {}, now = () => new Date() }: LogOptions = {}): Log {
  const line = (level: Level, message: string, fields: LogFields): void => write(`${RENDER[format](now(), level, message, { ...common, ...fields })}\n`);
  return {
    info: (message, fields = {}) => line('INFO', message, fields),
    warn: (message, fields = {}) => line('WARN', message, fields),
    with: (fields) => createLog(write, { format, common: { ...common, ...fields }, now }),
  };
}

const RENDER: Readonly<Record<LogFormat, (at: Date, level: Level, message: string, fields: LogFields) => string>> = { text: renderText, json: renderJson };

/** `time level message key=value…` */
function renderText(at: Date, level: Level, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : String(value)}`);
  return `${at.toISOString()} ${level} ${message}${pairs.join('')}`;
}

/** An object: `time`, `level`, `message`, then the fields; a field of one of these three names gives way. */
function renderJson(at: Date, level: Level, message: string, fields: LogFields): string {
  const head = { time: at.toISOString(), level: level.toLowerCase(), message };
  return JSON.stringify({ ...head, ...fields, ...head });
}
