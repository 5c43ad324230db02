/** How a tenant's subscription pattern looks on the cluster: the prefix is literal, the client's pattern must match what follows. */
function around(virtualCluster: string): { readonly before: string; readonly after: string } {
  return { before: `\\Q${virtualCluster}\\E(?:`, after: ')' };
}

/** undefined: not a pattern whose parentheses match, which could reach past the prefix. */
export function regexToPhysical(regex: string, virtualCluster: string): string | undefined {
  if (!isClosed(regex)) return undefined;
  const { before, after } = around(virtualCluster);
  return before + regex + after;
}

export function regexToVirtual(regex: string, virtualCluster: string): string {
  const { before, after } = around(virtualCluster);
  return regex.startsWith(before) && regex.endsWith(after) ? regex.slice(before.length, -after.length) : '';
}

/** Whether every group of a pattern (RE2's syntax) ends in it and none ends that it did not begin: `a)|(b` would break out of what is put around it. */
function isClosed(regex: string): boolean {
  let depth = 0;
  for (let at = 0; at < regex.length; at++) {
    const char = regex[at];
    if (char === '\\' && regex[at + 1] === 'Q') {
      const end = regex.indexOf('\\E', at + 2);
      if (end < 0) return false;
      at = end + 1;
    } else if (char === '\\') {
      if (++at >= regex.length) return false;
    } else if (char === '[') {
      const end = endOfClass(regex, at);
      if (end < 0) return false;
      at = end;
    } else if (char === '(') depth++;
    else if (char === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

/** Where the character class that begins at `start` ends. A `]` that comes first is one of its characters; `[:alpha:]` may stand in it. */
function endOfClass(regex: string, start: number): number {
  let at = start + 1;
  if (regex[at] === '^') at++;
  if (regex[at] === ']') at++;
  for (; at < regex.length; at++) {
    if (regex[at] === '\\') at++;
    else if (regex[at] === '[' && regex[at + 1] === ':') {
      const end = regex.indexOf(':]', at + 2);
      if (end >= 0) at = end + 1;
    } else if (regex[at] === ']') return at;
  }
  return -1;
}
