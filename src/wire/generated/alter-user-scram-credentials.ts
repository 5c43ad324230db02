// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface AlterUserScramCredentialsRequest {
  deletions: ScramCredentialDeletion[];
  upsertions: ScramCredentialUpsertion[];
  unknownTags?: UnknownTag[];
}

export interface ScramCredentialUpsertion {
  name: string;
  mechanism: number;
  iterations: number;
  salt: Buffer;
  saltedPassword: Buffer;
  unknownTags?: UnknownTag[];
}

export interface ScramCredentialDeletion {
  name: string;
  mechanism: number;
  unknownTags?: UnknownTag[];
}

const scramCredentialDeletion: StructType = {
  name: 'ScramCredentialDeletion',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0] },
    { name: 'mechanism', type: 'int8', versions: [0, 0] },
  ],
};

const scramCredentialUpsertion: StructType = {
  name: 'ScramCredentialUpsertion',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0] },
    { name: 'mechanism', type: 'int8', versions: [0, 0] },
    { name: 'iterations', type: 'int32', versions: [0, 0] },
    { name: 'salt', type: 'bytes', versions: [0, 0] },
    { name: 'saltedPassword', type: 'bytes', versions: [0, 0] },
  ],
};

export const alterUserScramCredentialsRequest: MessageSchema<AlterUserScramCredentialsRequest> = {
  name: 'AlterUserScramCredentialsRequest',
  apiKey: 51,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'deletions', type: { array: scramCredentialDeletion }, versions: [0, 0] },
    { name: 'upsertions', type: { array: scramCredentialUpsertion }, versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface AlterUserScramCredentialsResponse {
  throttleTimeMs: number;
  results: AlterUserScramCredentialsResult[];
  unknownTags?: UnknownTag[];
}

export interface AlterUserScramCredentialsResult {
  user: string;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const alterUserScramCredentialsResult: StructType = {
  name: 'AlterUserScramCredentialsResult',
  struct: [
    { name: 'user', type: 'string', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0] },
  ],
};

export const alterUserScramCredentialsResponse: MessageSchema<AlterUserScramCredentialsResponse> = {
  name: 'AlterUserScramCredentialsResponse',
  apiKey: 51,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'results', type: { array: alterUserScramCredentialsResult }, versions: [0, 0] },
  ],
};

/** API 51. */
export const alterUserScramCredentialsApi: Api<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse> = { key: 51, name: 'AlterUserScramCredentials', request: alterUserScramCredentialsRequest, response: alterUserScramCredentialsResponse };
