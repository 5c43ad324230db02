import type { Topology } from '../topology.ts';

/** The compose project of an environment: two environments are two projects, so they share no name. */
export function projectName({ name, portOffset }: Pick<Topology, 'name' | 'portOffset'>): string {
  return `gwctl-${name.toLowerCase()}${portOffset === 0 ? '' : `-${portOffset}`}`;
}
