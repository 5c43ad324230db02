import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { emit, paceRecords, runProgram, settings } from '../node/program.mjs';

// kcat, as a shell script uses it: one process that produces what comes on its stdin, one that consumes in a group. Both are this process's
// children, so whoever looks at the sockets of this process's descendants sees theirs.

const DELIVERED = /^% Message delivered to partition (\d+) \(offset (\d+)\)/;

await runProgram(async ({ name, producing }) => {
  const { username, token, bootstrap } = settings;
  const common = ['-b', bootstrap.join(','), '-X', 'security.protocol=SASL_PLAINTEXT', '-X', 'sasl.mechanisms=PLAIN', '-X', `sasl.username=${username}`, '-X', `sasl.password=${token}`, '-X', `client.id=${name}`];
  let isStopping = false;
  let wasTold = false;
  const watch = (role, child) =>
    child.on('exit', (code, signal) => {
      if (role === 'producer' && wasTold && code === 0) emit(name, 'producer-stopped');
      else if (!isStopping) emit(name, 'error', { m: `${role}: kcat ended (${signal ?? `exit code ${code}`})`, fatal: true });
    });

  // One partition: kcat says which partition and offset a record got, not which record it was, and within a partition they are in order.
  const producer = watch('producer', spawn('kcat', ['-P', '-t', name, '-p', '0', '-vvv', '-X', 'acks=all', '-X', 'linger.ms=0', '-X', 'max.in.flight.requests.per.connection=1', ...common], { stdio: ['pipe', 'ignore', 'pipe'] }));
  const unanswered = [];
  createInterface({ input: producer.stderr }).on('line', (line) => {
    const [, partition, offset] = DELIVERED.exec(line) ?? [];
    if (partition !== undefined) {
      emit(name, 'acked', { v: unanswered.shift(), p: Number(partition), o: Number(offset) });
    } else if (/Delivery failed|ERROR/.test(line)) {
      if (line.includes('Delivery failed')) emit(name, 'send-failed', { v: unanswered.shift(), m: line });
      else emit(name, 'error', { m: `producer: ${line}` });
    }
  });
  producer.stdin.on('error', () => {});
  void paceRecords(name, producing, ({ value }) => {
    unanswered.push(value);
    producer.stdin.write(`${value}\n`);
  }).then(() => {
    // kcat looks for answers only when it reads a line: the last ones come when it flushes.
    wasTold = true;
    producer.stdin.end();
  });

  const consumer = watch('consumer', spawn('kcat', ['-G', `g-${name}`, '-u', '-f', '%p %o %s\n', '-X', 'auto.offset.reset=earliest', '-X', 'auto.commit.interval.ms=1000', ...common, name], { stdio: ['ignore', 'pipe', 'pipe'] }));
  createInterface({ input: consumer.stdout }).on('line', (line) => {
    const [partition, offset, value] = line.split(' ');
    emit(name, 'received', { v: value, p: Number(partition), o: Number(offset) });
  });
  createInterface({ input: consumer.stderr }).on('line', (line) => {
    if (/rebalanced.*assigned/.test(line)) emit(name, 'assigned');
    else if (/rebalanced.*revoked/.test(line)) emit(name, 'revoked');
    else if (/ERROR|FATAL/.test(line)) emit(name, 'error', { m: `consumer: ${line}` });
  });
  return {
    stop: async () => {
      isStopping = true;
      producer.stdin.end();
      consumer.kill('SIGTERM');
      await Promise.all([producer, consumer].map((child) => (child.exitCode === null && child.signalCode === null ? new Promise((resolve) => child.on('exit', resolve)) : undefined)));
    },
  };
});
