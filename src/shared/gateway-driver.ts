/** How a kind of gateway node is spoken to. */
export type DriverName = 'builtin' | 'conduktor';

/** What gwctl can do with such a node beyond the one call that switches it, alone and at once. */
export interface Driver {
  /** It takes the orders of a run (prepare, hold writes, drain, flip), so that all nodes switch together or not at all. */
  readonly takesOrders: boolean;
  /** It says what it serves, what it has acknowledged and who is connected. Otherwise a record through it is the only read-back. */
  readonly tellsState: boolean;
}

export const DRIVERS: Readonly<Record<DriverName, Driver>> = {
  builtin: { takesOrders: true, tellsState: true },
  conduktor: { takesOrders: false, tellsState: false },
};

/** Names of the nodes whose driver cannot do it. */
export function nodesWithout(can: keyof Driver, nodes: readonly { readonly name: string; readonly driver: DriverName }[]): readonly string[] {
  return nodes.filter(({ driver }) => !DRIVERS[driver][can]).map(({ name }) => name);
}
