import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env as processEnvironment } from 'node:process';
import { GwctlError } from '../shared/errors.ts';
import type { Secret } from '../topology/topology.ts';

/**
 * The value behind a reference; surrounding white space of a file is no part of it. Never log the answer. `env` is the environment of
 * the process unless a test gives another one.
 */
export function resolveSecret(secret: Secret, environmentDir: string, env: Readonly<Record<string, string | undefined>> = processEnvironment): string {
  switch (secret.kind) {
    case 'literal':
      return secret.value;
    case 'env':
      return readVariable(secret.name, env);
    case 'file':
      return readSecretFile(secret.path, 'create the file, or change the file: reference in gwctl.yaml');
    case 'generated':
      return readSecretFile(join(environmentDir, secret.file), 'run `gwctl up` first: it makes this file');
  }
}

function readVariable(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new GwctlError('CONFIG', `environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}`, { hint: `set ${name}, which gwctl.yaml refers to` });
  }
  return value;
}

function readSecretFile(path: string, hint: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    throw new GwctlError('CONFIG', `secret file ${path} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown error'})`}`, { hint, cause: reason });
  }
  const value = text.trim();
  if (value === '') throw new GwctlError('CONFIG', `secret file ${path} is empty`, { hint });
  return value;
}
