// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 3, flexible from 2. */
export interface DescribeDelegationTokenRequest {
  owners: DescribeDelegationTokenOwner[] | null;
  unknownTags?: UnknownTag[];
}

export interface DescribeDelegationTokenOwner {
  principalType: string;
  principalName: string;
  unknownTags?: UnknownTag[];
}

const describeDelegationTokenOwner: StructType = {
  name: 'DescribeDelegationTokenOwner',
  struct: [
    { name: 'principalType', type: 'string', versions: [1, 3] },
    { name: 'principalName', type: 'string', versions: [1, 3] },
  ],
};

export const describeDelegationTokenRequest: MessageSchema<DescribeDelegationTokenRequest> = {
  name: 'DescribeDelegationTokenRequest',
  apiKey: 41,
  kind: 'request',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'owners', type: { array: describeDelegationTokenOwner }, versions: [1, 3], nullable: [1, 3] },
  ],
};

/** Versions 1 to 3, flexible from 2. */
export interface DescribeDelegationTokenResponse {
  errorCode: number;
  tokens: DescribedDelegationToken[];
  throttleTimeMs: number;
  unknownTags?: UnknownTag[];
}

export interface DescribedDelegationToken {
  principalType: string;
  principalName: string;
  tokenRequesterPrincipalType: string;
  tokenRequesterPrincipalName: string;
  issueTimestamp: bigint;
  expiryTimestamp: bigint;
  maxTimestamp: bigint;
  tokenId: string;
  hmac: Buffer;
  renewers: DescribedDelegationTokenRenewer[];
  unknownTags?: UnknownTag[];
}

export interface DescribedDelegationTokenRenewer {
  principalType: string;
  principalName: string;
  unknownTags?: UnknownTag[];
}

const describedDelegationTokenRenewer: StructType = {
  name: 'DescribedDelegationTokenRenewer',
  struct: [
    { name: 'principalType', type: 'string', versions: [1, 3] },
    { name: 'principalName', type: 'string', versions: [1, 3] },
  ],
};

const describedDelegationToken: StructType = {
  name: 'DescribedDelegationToken',
  struct: [
    { name: 'principalType', type: 'string', versions: [1, 3] },
    { name: 'principalName', type: 'string', versions: [1, 3] },
    { name: 'tokenRequesterPrincipalType', type: 'string', versions: [3, 3] },
    { name: 'tokenRequesterPrincipalName', type: 'string', versions: [3, 3] },
    { name: 'issueTimestamp', type: 'int64', versions: [1, 3] },
    { name: 'expiryTimestamp', type: 'int64', versions: [1, 3] },
    { name: 'maxTimestamp', type: 'int64', versions: [1, 3] },
    { name: 'tokenId', type: 'string', versions: [1, 3] },
    { name: 'hmac', type: 'bytes', versions: [1, 3] },
    { name: 'renewers', type: { array: describedDelegationTokenRenewer }, versions: [1, 3] },
  ],
};

export const describeDelegationTokenResponse: MessageSchema<DescribeDelegationTokenResponse> = {
  name: 'DescribeDelegationTokenResponse',
  apiKey: 41,
  kind: 'response',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [1, 3] },
    { name: 'tokens', type: { array: describedDelegationToken }, versions: [1, 3] },
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 3] },
  ],
};

/** API 41. */
export const describeDelegationTokenApi: Api<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse> = { key: 41, name: 'DescribeDelegationToken', request: describeDelegationTokenRequest, response: describeDelegationTokenResponse };
