// A copier in a process of its own, for tests that kill it: ports of source and target, transactional id, topic, partitions.
import { openKafkaClient } from '../../../build/client/kafka-client.js';
import { startCopier } from '../../../build/copier/copier.js';

const [sourcePort, targetPort, transactionalId, topic, count] = process.argv.slice(2);
const open = (port) => openKafkaClient({ bootstrap: [{ host: '127.0.0.1', port: Number(port) }], clientId: 'copy-process', requestTimeoutMs: 10_000 });
const partitions = Array.from({ length: Number(count) }, (_, partition) => ({ topic, partition }));
const copier = startCopier({ name: 'main->failover', from: 'main', transactionalId, partitions, source: open(sourcePort), target: open(targetPort) });
setInterval(() => {
  if (copier.failure !== undefined) {
    process.stdout.write(`failed ${copier.failure.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`copied ${copier.copied.records}\n`);
}, 20);
