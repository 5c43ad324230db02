import { isFlexible } from '../wire/headers.ts';
import { API, brokerVersionOf } from './api-table.ts';
import type { Emit, FrameBytes } from './byte-source.ts';
import type { Exchange } from './exchange-queue.ts';
import { FrameReader } from './frame-reader.ts';
import { spliceFetchResponse } from './splice/fetch-response.ts';
import { FIRST_FETCH_BY_ID, spliceFetchResponseById } from './splice/fetch-response-by-id.ts';
import { throttleTimeMs } from './limits/connection-traffic.ts';
import type { Soon } from './soon.ts';
import type { TenantNames } from './tenant-names.ts';

/** Forwards the Fetch response of `size` bytes in the way that the client's version needs. */
export function spliceFetch({ apiVersion, complete, charge }: Exchange, source: FrameBytes, size: number, names: TenantNames, to: Emit): Soon<void> {
  const brokerVersion = brokerVersionOf(API.fetch, apiVersion);
  const reader = new FrameReader(source, size, isFlexible(API.fetch, brokerVersion), 'Fetch');
  const throttleMs = charge === undefined ? 0 : throttleTimeMs(charge);
  if (apiVersion < FIRST_FETCH_BY_ID) return spliceFetchResponse(reader, brokerVersion, names, to, throttleMs);
  return spliceFetchResponseById(reader, brokerVersion, names, complete, to, throttleMs);
}
