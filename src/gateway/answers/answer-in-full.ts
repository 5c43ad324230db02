import { encodeMessage } from '../../wire/codec.ts';
import { encodeResponseFrame } from '../../wire/headers.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import { throttleTimeMs, type Charge } from '../limits/connection-traffic.ts';

/** The client's answer as a frame. Who asks for too much is told for how long it will not be read (KIP-219), where the API has a place for it. */
export function answerInFull(
  api: ApiDefinition, { apiKey, apiVersion, correlationId }: { readonly apiKey: number; readonly apiVersion: number; readonly correlationId: number }, body: Record<string, unknown>, charge: Charge | undefined,
): Buffer {
  const throttleMs = charge === undefined ? 0 : throttleTimeMs(charge);
  const told = body['throttleTimeMs'];
  if (typeof told === 'number' && throttleMs > told) body['throttleTimeMs'] = throttleMs;
  return encodeResponseFrame(apiKey, apiVersion, correlationId, encodeMessage(api.response, apiVersion, body));
}
