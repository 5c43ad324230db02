/** `1 group`, `2 groups`: for words that take an s. */
export function counted(number: number | bigint, what: string): string {
  return `${number} ${what}${Number(number) === 1 ? '' : 's'}`;
}
