/** A program of test/e2e/clients, in one version of its library. */
export type ProgramName = 'java-4.3.1' | 'java-3.9.2' | 'confluent' | 'aiokafka' | 'kafkajs' | 'platformatic' | 'franz-go' | 'sarama' | 'kcat';

/** One row of the matrix. */
export interface MatrixClient {
  readonly name: string;
  readonly program: ProgramName;
  readonly mode: string;
  /** The library numbers its batches, so nothing it does may change the order; others that send concurrently may reorder. */
  readonly keepsOrder: boolean;
  /** Copies in transactions: one abortable error is allowed. */
  readonly isTransactional: boolean;
}

const client = (name: string, program: ProgramName, mode: string, { keepsOrder = false, isTransactional = false } = {}): MatrixClient => ({ name, program, mode, keepsOrder, isTransactional });
const ordered = { keepsOrder: true };
const transactional = { keepsOrder: true, isTransactional: true };

/** Programs are started in the order of their first client; those of one program share a process. */
export const MATRIX_CLIENTS: readonly MatrixClient[] = [
  client('java43-eager', 'java-4.3.1', 'eager'),
  client('java43-cooperative', 'java-4.3.1', 'cooperative', ordered),
  client('java43-static', 'java-4.3.1', 'static', ordered),
  client('java43-assign', 'java-4.3.1', 'assign', ordered),
  client('java43-transactional', 'java-4.3.1', 'transactional', transactional),
  client('java43-kip848', 'java-4.3.1', 'kip848', ordered),
  client('java39-eager', 'java-3.9.2', 'eager'),
  client('java39-cooperative', 'java-3.9.2', 'cooperative', ordered),
  client('java39-transactional', 'java-3.9.2', 'transactional', transactional),
  client('librdkafka-plain', 'confluent', 'plain'),
  client('librdkafka-idempotent', 'confluent', 'idempotent', ordered),
  client('librdkafka-transactional', 'confluent', 'transactional', transactional),
  client('librdkafka-kip848', 'confluent', 'kip848', ordered),
  client('aiokafka', 'aiokafka', 'plain'),
  client('kafkajs', 'kafkajs', 'plain'),
  client('platformatic', 'platformatic', 'plain'),
  client('franz-go', 'franz-go', 'idempotent', ordered),
  client('franz-go-transactional', 'franz-go', 'transactional', transactional),
  client('sarama', 'sarama', 'plain'),
  client('kcat', 'kcat', 'plain', ordered),
];

/** For pairs of versions that are not the first one, where all rows would take too long. */
export const ONE_OF_EACH_LANGUAGE: ReadonlySet<string> = new Set(['java43-cooperative', 'java43-transactional', 'java39-transactional', 'librdkafka-idempotent', 'librdkafka-transactional', 'aiokafka', 'kafkajs', 'platformatic', 'franz-go-transactional']);
