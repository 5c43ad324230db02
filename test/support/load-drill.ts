import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A scenario in that folder that switches to failover under load, and ends well only if no client has noticed. */
export async function writeLoadDrill(folder: string): Promise<string> {
  const file = join(folder, 'switch.yaml');
  await writeFile(file, `version: 1
name: switch under load
steps:
  - name: token
    issueToken: { gateway: gateway1, virtualCluster: teamA, username: sa, as: teamA-sa }
  - name: load
    startLoad: { name: orders, gateways: [gateway1, gateway2], as: teamA-sa, topic: orders, partitions: 3, replicationFactor: 1, producers: 2, ratePerSecond: 100, group: billing, consumers: 1 }
  - name: ready
    verify: { to: failover, expect: ready }
  - name: switch
    failover: { to: failover, expect: switched, nodes: [gateway1, gateway2] }
  - name: stop
    stopLoad: { name: orders, expect: { lost: 0, duplicated: 0, errors: 0, skipped: 0, unseen: 0, reordered: 0, minAcknowledged: 100 } }
`);
  return file;
}
