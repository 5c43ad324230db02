/** `1 group`, `2 groups`, `2 processes`. */
export function counted(number: number | bigint, what: string, several = `${what}s`): string {
  return `${number} ${Number(number) === 1 ? what : several}`;
}

/** `8 containers` or `8 processes`: what an environment of that runtime consists of. */
export function countedParts(number: number, runtime: string): string {
  return runtime === 'docker' ? counted(number, 'container') : counted(number, 'process', 'processes');
}
