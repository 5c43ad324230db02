// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 3, flexible from 2. */
export interface CreateDelegationTokenRequest {
  ownerPrincipalType: string | null;
  ownerPrincipalName: string | null;
  renewers: CreatableRenewers[];
  maxLifetimeMs: bigint;
  unknownTags?: UnknownTag[];
}

export interface CreatableRenewers {
  principalType: string;
  principalName: string;
  unknownTags?: UnknownTag[];
}

const creatableRenewers: StructType = {
  name: 'CreatableRenewers',
  struct: [
    { name: 'principalType', type: 'string', versions: [1, 3] },
    { name: 'principalName', type: 'string', versions: [1, 3] },
  ],
};

export const createDelegationTokenRequest: MessageSchema<CreateDelegationTokenRequest> = {
  name: 'CreateDelegationTokenRequest',
  apiKey: 38,
  kind: 'request',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'ownerPrincipalType', type: 'string', versions: [3, 3], nullable: [3, 3] },
    { name: 'ownerPrincipalName', type: 'string', versions: [3, 3], nullable: [3, 3] },
    { name: 'renewers', type: { array: creatableRenewers }, versions: [1, 3] },
    { name: 'maxLifetimeMs', type: 'int64', versions: [1, 3] },
  ],
};

/** Versions 1 to 3, flexible from 2. */
export interface CreateDelegationTokenResponse {
  errorCode: number;
  principalType: string;
  principalName: string;
  tokenRequesterPrincipalType: string;
  tokenRequesterPrincipalName: string;
  issueTimestampMs: bigint;
  expiryTimestampMs: bigint;
  maxTimestampMs: bigint;
  tokenId: string;
  hmac: Buffer;
  throttleTimeMs: number;
  unknownTags?: UnknownTag[];
}

export const createDelegationTokenResponse: MessageSchema<CreateDelegationTokenResponse> = {
  name: 'CreateDelegationTokenResponse',
  apiKey: 38,
  kind: 'response',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [1, 3] },
    { name: 'principalType', type: 'string', versions: [1, 3] },
    { name: 'principalName', type: 'string', versions: [1, 3] },
    { name: 'tokenRequesterPrincipalType', type: 'string', versions: [3, 3] },
    { name: 'tokenRequesterPrincipalName', type: 'string', versions: [3, 3] },
    { name: 'issueTimestampMs', type: 'int64', versions: [1, 3] },
    { name: 'expiryTimestampMs', type: 'int64', versions: [1, 3] },
    { name: 'maxTimestampMs', type: 'int64', versions: [1, 3] },
    { name: 'tokenId', type: 'string', versions: [1, 3] },
    { name: 'hmac', type: 'bytes', versions: [1, 3] },
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 3] },
  ],
};

/** API 38. */
export const createDelegationTokenApi: Api<CreateDelegationTokenRequest, CreateDelegationTokenResponse> = { key: 38, name: 'CreateDelegationToken', request: createDelegationTokenRequest, response: createDelegationTokenResponse };
