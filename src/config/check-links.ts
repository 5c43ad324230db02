import { didYouMean } from '../shared/did-you-mean.ts';
import type { Topology } from '../topology/topology.ts';
import type { Finding } from './diagnostic.ts';

/** Which clusters there are: no key of a cluster matters, but a cluster that was taken out whole does. */
export const CLUSTER_NAMES = [['clusters', '*', '(its name)']];

/** A link that was taken out moves those behind it. */
const LINK_ENDS = [['links', '*', 'from'], ['links', '*', 'to']];

/** Links between clusters that exist, with expressions that compile, and never back to where records came from. */
export function checkLinks(topology: Topology): readonly Finding[] {
  const { links } = topology;
  const names = topology.clusters.map(({ name }) => name);
  const findings: Finding[] = [];
  links.forEach((link, index) => {
    for (const end of ['from', 'to'] as const) {
      if (!names.includes(link[end])) findings.push({ path: ['links', index, end], because: [...CLUSTER_NAMES, ...LINK_ENDS], message: `no cluster named "${link[end]}" ${didYouMean(link[end], names)}` });
    }
    for (const key of ['topics', 'groups'] as const) {
      const problem = problemOfPatterns(link[key]);
      if (problem !== undefined) findings.push({ path: ['links', index, key], because: LINK_ENDS, message: `"${link[key]}" is not a regular expression (${problem})` });
    }
    const earlier = links.slice(0, index);
    if (earlier.some(({ name }) => name === link.name)) findings.push({ path: ['links', index], because: LINK_ENDS, message: `${link.name} is there twice` });
    // Topics keep their names, so MirrorMaker cannot see where a record came from and would copy it round and round.
    const way = wayBetween(earlier, link.to, link.from);
    if (way !== undefined) findings.push({ path: ['links', index], because: LINK_ENDS, message: `${link.name} closes a cycle (${[...way, link.to].join(' -> ')}): every record would be copied for ever` });
  });
  return findings;
}

/** The clusters on the way from one to the other, both included; undefined when no links lead there. */
function wayBetween(links: readonly { readonly from: string; readonly to: string }[], from: string, to: string): readonly string[] | undefined {
  if (from === to) return [from];
  for (const link of links) {
    if (link.from !== from) continue;
    const rest = wayBetween(links.filter((other) => other !== link), link.to, to);
    if (rest !== undefined) return [from, ...rest];
  }
  return undefined;
}

/** The syntax is Java's: what only Java has is taken out first, so that it is not refused by mistake. */
function problemOfPatterns(patterns: string): string | undefined {
  for (const pattern of patterns.split(/\s*,\s*/)) {
    if (pattern === '') return 'an empty one between commas';
    const portable = pattern
      .replace(/\\Q.*?(\\E|$)/g, 'quoted')
      .replace(/\(\?[a-zA-Z-]+\)/g, '')
      .replace(/([*+?}])\+/g, '$1');
    try {
      new RegExp(portable);
    } catch (reason) {
      return (reason as Error).message.replace(/^.*\/: /, '').toLowerCase();
    }
  }
  return undefined;
}
