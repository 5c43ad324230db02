import { APIS } from '../../../src/wire/generated/apis.ts';
import { consumerProtocolAssignment } from '../../../src/wire/generated/consumer-protocol-assignment.ts';
import { consumerProtocolSubscription } from '../../../src/wire/generated/consumer-protocol-subscription.ts';
import { requestHeader } from '../../../src/wire/generated/request-header.ts';
import { responseHeader } from '../../../src/wire/generated/response-header.ts';
import type { Message, MessageSchema } from '../../../src/wire/schema.ts';

/** Every schema that is checked in. */
export const ALL_SCHEMAS: readonly MessageSchema<Message>[] = [
  ...[...APIS.values()].flatMap((api) => [api.request, api.response]),
  ...([requestHeader, responseHeader, consumerProtocolSubscription, consumerProtocolAssignment] as readonly MessageSchema<object>[] as readonly MessageSchema<Message>[]),
];

/** The versions of a schema, lowest first. */
export function versionsOf(schema: MessageSchema<unknown>): number[] {
  const [low, high] = schema.validVersions;
  return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}
