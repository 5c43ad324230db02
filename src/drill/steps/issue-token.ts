import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderClientProperties } from '../../topology/render-client-properties.ts';
import type { StepRunner } from '../step-tools.ts';
import { adminOf, nodeOf } from './find.ts';

/** Asks a gateway for a token, as the seed's curl does, and writes the properties file that Kafka's own tools take. */
export const issueToken: StepRunner<'issueToken'> = async ({ gateway, virtualCluster, username, lifeTimeSeconds, as }, tools) => {
  const node = nodeOf(tools, gateway);
  const token = await adminOf(tools, gateway).issueToken(virtualCluster, username, lifeTimeSeconds);
  tools.tokens.set(as, { virtualCluster, username, token });
  const properties = renderClientProperties(node, username, token);
  const file = join(tools.environmentDir, `${as}.properties`);
  await mkdir(tools.environmentDir, { recursive: true }); // nobody has made it where others run the environment
  await writeFile(file, properties, { mode: 0o600 });
  await chmod(file, 0o600);
  return {
    seen: `a token for ${username} of ${virtualCluster}, in ${file}`,
    details: properties.trimEnd().replace(token, `${token.slice(0, token.indexOf('.') + 1)}…`).split('\n'),
    evidence: { gateway, virtualCluster, username, lifeTimeSeconds },
  };
};
