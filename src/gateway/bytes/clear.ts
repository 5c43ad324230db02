/**
 * Empties a list of a connection and keeps its memory for what comes next. To drop it for a new one costs more than it seems: by then it is old, and
 * V8 lets what an old list holds go only when it collects all of its memory. With 2,000 quiet connections that was a tenth of each request (bench 02).
 */
export function clear(list: unknown[]): void {
  while (list.length > 0) list.pop();
}
