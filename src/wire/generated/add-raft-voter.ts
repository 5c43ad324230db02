// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 0. */
export interface AddRaftVoterRequest {
  clusterId: string | null;
  timeoutMs: number;
  voterId: number;
  voterDirectoryId: string;
  listeners: Listener[];
  ackWhenCommitted: boolean;
  unknownTags?: UnknownTag[];
}

export interface Listener {
  name: string;
  host: string;
  port: number;
  unknownTags?: UnknownTag[];
}

const listener: StructType = {
  name: 'Listener',
  struct: [
    { name: 'name', type: 'string', versions: [0, 1] },
    { name: 'host', type: 'string', versions: [0, 1] },
    { name: 'port', type: 'uint16', versions: [0, 1] },
  ],
};

export const addRaftVoterRequest: MessageSchema<AddRaftVoterRequest> = {
  name: 'AddRaftVoterRequest',
  apiKey: 80,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'clusterId', type: 'string', versions: [0, 1], nullable: [0, 1] },
    { name: 'timeoutMs', type: 'int32', versions: [0, 1] },
    { name: 'voterId', type: 'int32', versions: [0, 1] },
    { name: 'voterDirectoryId', type: 'uuid', versions: [0, 1] },
    { name: 'listeners', type: { array: listener }, versions: [0, 1] },
    { name: 'ackWhenCommitted', type: 'bool', versions: [1, 1], default: true },
  ],
};

/** Versions 0 to 1, flexible from 0. */
export interface AddRaftVoterResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

export const addRaftVoterResponse: MessageSchema<AddRaftVoterResponse> = {
  name: 'AddRaftVoterResponse',
  apiKey: 80,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1] },
  ],
};

/** API 80. */
export const addRaftVoterApi: Api<AddRaftVoterRequest, AddRaftVoterResponse> = { key: 80, name: 'AddRaftVoter', request: addRaftVoterRequest, response: addRaftVoterResponse };
