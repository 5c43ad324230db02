// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface RemoveRaftVoterRequest {
  clusterId: string | null;
  voterId: number;
  voterDirectoryId: string;
  unknownTags?: UnknownTag[];
}

export const removeRaftVoterRequest: MessageSchema<RemoveRaftVoterRequest> = {
  name: 'RemoveRaftVoterRequest',
  apiKey: 81,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'clusterId', type: 'string', versions: [0, 0], nullable: [0, 0] },
    { name: 'voterId', type: 'int32', versions: [0, 0] },
    { name: 'voterDirectoryId', type: 'uuid', versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface RemoveRaftVoterResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

export const removeRaftVoterResponse: MessageSchema<RemoveRaftVoterResponse> = {
  name: 'RemoveRaftVoterResponse',
  apiKey: 81,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0] },
  ],
};

/** API 81. */
export const removeRaftVoterApi: Api<RemoveRaftVoterRequest, RemoveRaftVoterResponse> = { key: 81, name: 'RemoveRaftVoter', request: removeRaftVoterRequest, response: removeRaftVoterResponse };
