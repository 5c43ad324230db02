/** One thing that can happen. `harm`: a failure, or the start of somebody who was not there; nobody may have to wait for it. */
export interface Move<State> {
  readonly label: string;
  readonly harm: boolean;
  readonly next: State;
}

export interface Machine<State> {
  readonly start: State;
  /** `key` is the state's JSON. */
  moves(state: State, key: string): readonly Move<State>[];
  /** Why this state must not be. */
  violation(state: State): string | undefined;
  /** Nothing is left to do. */
  isFinished(state: State): boolean;
}

export interface Finding {
  readonly why: string;
  /** What happened, from the start. */
  readonly path: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly moves: number;
  readonly finished: number;
  readonly finding: Finding | undefined;
}

/**
 * Visits every state that can be reached, nearest first, so that what it finds is a shortest path. Then walks back from the finished states over
 * the moves that do no harm: a state that this does not reach is one from which nobody finds a way out. Throws beyond `maxStates`: a search that
 * was cut short has shown nothing.
 */
export function explore<State>(machine: Machine<State>, maxStates: number): Exploration {
  const keys: string[] = [JSON.stringify(machine.start)];
  const numbers = new Map<string, number>([[keys[0] ?? '', 0]]);
  const from: number[] = [-1];
  const labels: string[] = ['start'];
  const helps: [number, number][] = [];
  const done: number[] = [];
  let moves = 0;
  const pathTo = (number: number): string[] => {
    const path: string[] = [];
    for (let at = number; at > 0; at = from[at] ?? 0) path.unshift(labels[at] ?? '');
    return path;
  };
  for (let number = 0; number < keys.length; number++) {
    const key = keys[number] ?? '';
    const state = JSON.parse(key) as State;
    const why = machine.violation(state);
    if (why !== undefined) return { states: keys.length, moves, finished: done.length, finding: { why, path: pathTo(number) } };
    if (machine.isFinished(state)) done.push(number);
    for (const { label, harm, next } of machine.moves(state, key)) {
      moves++;
      const nextKey = JSON.stringify(next);
      let target = numbers.get(nextKey);
      if (target === undefined) {
        target = keys.length;
        if (target >= maxStates) throw new Error(`more than ${maxStates} states: bound the model, or allow more`);
        numbers.set(nextKey, target);
        keys.push(nextKey);
        from.push(number);
        labels.push(label);
      }
      if (!harm) helps.push([number, target]);
    }
  }
  const hopeless = firstWithoutWayOut(keys.length, helps, done);
  const finding = hopeless === undefined ? undefined : { why: `nobody finds a way out of ${keys[hopeless] ?? ''}`, path: pathTo(hopeless) };
  return { states: keys.length, moves, finished: done.length, finding };
}

function firstWithoutWayOut(count: number, helps: readonly (readonly [number, number])[], done: readonly number[]): number | undefined {
  const back: number[][] = Array.from({ length: count }, () => []);
  for (const [source, target] of helps) back[target]?.push(source);
  const canEnd = new Uint8Array(count);
  const open = [...done];
  for (const number of open) canEnd[number] = 1;
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    for (const source of back[number] ?? []) {
      if (canEnd[source] === 1) continue;
      canEnd[source] = 1;
      open.push(source);
    }
  }
  const first = canEnd.indexOf(0);
  return first === -1 ? undefined : first;
}
