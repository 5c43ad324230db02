import { isFlexible } from '../../wire/headers.ts';
import { API, brokerVersionOf } from '../api-table.ts';
import type { Emit, FrameBytes } from '../bytes/byte-source.ts';
import { FrameReader } from '../bytes/frame-reader.ts';
import type { Soon } from '../bytes/soon.ts';
import { throttleTimeMs } from '../limits/connection-traffic.ts';
import { FIRST_FETCH_BY_ID, spliceFetchResponseById } from '../splice/fetch-response-by-id.ts';
import { spliceFetchResponse } from '../splice/fetch-response.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';
import type { Exchange } from './exchange-queue.ts';

/** Forwards the Fetch response of `size` bytes in the way that the client's version needs. */
export function spliceFetch({ apiVersion, complete, charge }: Exchange, source: FrameBytes, size: number, names: TenantNames, to: Emit): Soon<void> {
  const brokerVersion = brokerVersionOf(API.fetch, apiVersion);
  const reader = new FrameReader(source, size, isFlexible(API.fetch, brokerVersion), 'Fetch');
  const throttleMs = charge === undefined ? 0 : throttleTimeMs(charge);
  if (apiVersion < FIRST_FETCH_BY_ID) return spliceFetchResponse(reader, brokerVersion, names, to, throttleMs);
  return spliceFetchResponseById(reader, brokerVersion, names, complete, to, throttleMs);
}
