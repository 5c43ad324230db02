// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface DescribeUserScramCredentialsRequest {
  users: UserName[] | null;
  unknownTags?: UnknownTag[];
}

export interface UserName {
  name: string;
  unknownTags?: UnknownTag[];
}

const userName: StructType = {
  name: 'UserName',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0] },
  ],
};

export const describeUserScramCredentialsRequest: MessageSchema<DescribeUserScramCredentialsRequest> = {
  name: 'DescribeUserScramCredentialsRequest',
  apiKey: 50,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'users', type: { array: userName }, versions: [0, 0], nullable: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface DescribeUserScramCredentialsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  results: DescribeUserScramCredentialsResult[];
  unknownTags?: UnknownTag[];
}

export interface DescribeUserScramCredentialsResult {
  user: string;
  errorCode: number;
  errorMessage: string | null;
  credentialInfos: CredentialInfo[];
  unknownTags?: UnknownTag[];
}

export interface CredentialInfo {
  mechanism: number;
  iterations: number;
  unknownTags?: UnknownTag[];
}

const credentialInfo: StructType = {
  name: 'CredentialInfo',
  struct: [
    { name: 'mechanism', type: 'int8', versions: [0, 0] },
    { name: 'iterations', type: 'int32', versions: [0, 0] },
  ],
};

const describeUserScramCredentialsResult: StructType = {
  name: 'DescribeUserScramCredentialsResult',
  struct: [
    { name: 'user', type: 'string', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0] },
    { name: 'credentialInfos', type: { array: credentialInfo }, versions: [0, 0] },
  ],
};

export const describeUserScramCredentialsResponse: MessageSchema<DescribeUserScramCredentialsResponse> = {
  name: 'DescribeUserScramCredentialsResponse',
  apiKey: 50,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0] },
    { name: 'results', type: { array: describeUserScramCredentialsResult }, versions: [0, 0] },
  ],
};

/** API 50. */
export const describeUserScramCredentialsApi: Api<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse> = { key: 50, name: 'DescribeUserScramCredentials', request: describeUserScramCredentialsRequest, response: describeUserScramCredentialsResponse };
