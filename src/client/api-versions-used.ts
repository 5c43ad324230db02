import { GwctlError } from '../shared/errors.ts';
import type { Api } from '../wire/schema.ts';

export interface ServedVersions {
  readonly min: number;
  readonly max: number;
}

/** What a broker serves, by API key. */
export type ApiVersionTable = ReadonlyMap<number, ServedVersions>;

/** The newest versions that we use: Kafka 3.9 and 4.3 both serve them, and none needs topic ids. Others: the newest that both sides know. */
const NEWEST_USED: ReadonlyMap<number, number> = new Map([
  [0, 9], [1, 12], [2, 7], [3, 12], [8, 9], [9, 8], [10, 4], [15, 5], [16, 5], [18, 3], [19, 6], [20, 5], [21, 2], [22, 4], [24, 3], [25, 3],
  [26, 3], [28, 3], [32, 4], [42, 2], [44, 1], [55, 1], [60, 0], [65, 0], [66, 1],
]);

/** The version to use with a broker. Throws UNAVAILABLE when it serves none that we can use. */
export function chooseVersion(api: Api<unknown, unknown>, served: ApiVersionTable, address: string): number {
  const range = served.get(api.key);
  const [ourMin, ourMax] = api.request.validVersions;
  const newest = Math.min(NEWEST_USED.get(api.key) ?? ourMax, ourMax, range?.max ?? -1);
  if (range === undefined || newest < range.min || newest < ourMin) {
    const seen = range === undefined ? 'not at all' : `in versions ${range.min} to ${range.max}`;
    throw new GwctlError('UNAVAILABLE', `${address} serves ${api.name} ${seen} (needed: ${ourMin} to ${NEWEST_USED.get(api.key) ?? ourMax})`, { details: { unsupported: true } });
  }
  return newest;
}
