export interface NodeByNode {
  readonly from: string;
  readonly to: string;
  /** Nodes that only know the call that switches one of them. */
  readonly weak: readonly string[];
  readonly all: readonly string[];
}

/** What does not hold for a switch of nodes that know only that call, for whoever consents to it: a line each. */
export function unkeptPromises({ from, to, weak, all }: NodeByNode): readonly string[] {
  return [
    ...(all.length < 2 ? [] : [`the nodes are switched one after the other: meanwhile they serve different clusters, and readers of one do not see what is written through the others`]),
    `writes are not held: what reaches ${from} shortly before the call of a node arrives on ${to} later, behind newer records, and not at all if ${from} dies by then`,
    'clients may be shown errors, their connections may be cut, and a producer may write a record twice or lose its place in a transaction',
    `consumer groups go on where MirrorMaker has put them on ${to}: some records are read again`,
    `if a call fails, the nodes that were switched are sent back, and what was written through them meanwhile stays on ${to} alone`,
    `nothing keeps a second gwctl, or a node that starts anew, from serving another cluster: ${weak.join(', ')} ${weak.length === 1 ? 'knows' : 'know'} neither runs nor the log of the switch`,
  ];
}
