export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** The same log, with fields that every line carries. */
  with(fields: LogFields): Log;
}

/** Lines of `time level message key=value…`. Never records, tokens or SASL bytes: only what the callers name. */
export function createLog(write: (line: string) => void, common: LogFields = {}, now: () => Date = () => new Date()): Log {
  const line = (level: string, message: string, fields: LogFields): void => {
    const pairs = Object.entries({ ...common, ...fields })
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ` ${key}=${typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : String(value)}`);
    write(`${now().toISOString()} ${level} ${message}${pairs.join('')}\n`);
  };
  return {
    info: (message, fields = {}) => line('INFO', message, fields),
    warn: (message, fields = {}) => line('WARN', message, fields),
    with: (fields) => createLog(write, { ...common, ...fields }, now),
  };
}
