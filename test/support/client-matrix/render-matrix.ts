import { createPalette } from '../../../src/report/palette.ts';
import { renderTable } from '../../../src/report/table.ts';
import { type MatrixRow, problemsOf } from './judge-client.ts';

/** The rows as a table for a person, without colours, and what is wrong with them. */
export function renderMatrix(rows: readonly MatrixRow[], skipped: readonly string[]): string {
  const number = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    { title: 'client' }, { title: 'alive' }, number('acked'), number('ack gap ms'), number('delivery gap ms'), number('lost'), number('dup'), number('skipped'),
    number('redelivered'), number('reordered'), number('errors'), { title: 'past gateway' },
  ];
  const cells = rows.map(({ client, isAlive, verdict, errors, backendPorts }) => [
    client.name,
    isAlive ? 'yes' : 'NO',
    `${verdict.acknowledged}`,
    `${verdict.longestAckGapMs}`,
    `${verdict.longestDeliveryGapMs}`,
    `${verdict.lost.count}`,
    `${verdict.duplicated.count}`,
    `${verdict.skipped.count + verdict.unseen.count}`,
    `${verdict.redelivered}`,
    `${verdict.reordered.count}`,
    `${errors.length}`,
    backendPorts.length === 0 ? 'never' : backendPorts.join(' '),
  ]);
  const problems = rows.flatMap((row) => problemsOf(row).map((problem) => `${row.client.name}: ${problem}\n`));
  const allowed = rows.flatMap((row) => (row.errors.length > 0 && problemsOf(row).length === 0 ? [`${row.client.name}: allowed: ${row.errors.join(' | ')}\n`] : []));
  return `${renderTable(columns, cells, createPalette(false, {}))}${problems.join('')}${allowed.join('')}${skipped.map((reason) => `skipped: ${reason}\n`).join('')}`;
}
