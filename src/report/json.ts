/** One JSON document and a line end. Offsets are bigints: written as numbers while a number is exact, as text beyond. */
export function writeJson(out: NodeJS.WritableStream, value: unknown): void {
  out.write(`${renderJson(value)}\n`);
}

/** The same on one line. */
export function writeJsonLine(out: NodeJS.WritableStream, value: unknown): void {
  out.write(`${JSON.stringify(value, exactNumber)}\n`);
}

/** The same as text. */
export function renderJson(value: unknown): string {
  return JSON.stringify(value, exactNumber, 2);
}

function exactNumber(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}
