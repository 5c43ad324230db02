import { totalLag, type LinkLag } from '../checks/observation.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';
import { counted } from '../shared/counted.ts';

/** Every partition that is behind, and all of `_topicMappings`; the others are summed up. */
export function renderLag(lag: LinkLag, at: Date, showAll: boolean, palette: Palette): string {
  const shown = lag.partitions.filter(({ topic, lagRecords }) => showAll || lagRecords > 0n || topic === '_topicMappings');
  const rows = shown.map(({ topic, partition, sourceEnd, replicated, lagRecords, isExact, lagSeconds }) => [
    topic,
    String(partition),
    String(sourceEnd),
    replicated === undefined ? 'none' : String(replicated),
    `${isExact ? '' : '~'}${lagRecords}`,
    lagSeconds.toFixed(1),
  ]);
  const { records, seconds } = totalLag(lag);
  const columns = [
    { title: 'topic' },
    { title: 'partition', align: 'right' as const },
    { title: 'source end', align: 'right' as const },
    { title: 'replicated to', align: 'right' as const },
    { title: 'lag records', align: 'right' as const },
    { title: 'lag seconds', align: 'right' as const },
  ];
  const rest = lag.partitions.length - shown.length;
  const total = `${lag.link}: ${counted(records, 'record')} behind, ${seconds.toFixed(1)} s, in ${counted(lag.partitions.length, 'partition')}, at ${at.toISOString()}`;
  return `${renderTable(columns, rows, palette)}${rest > 0 ? `and ${counted(rest, 'partition')} with nothing missing (--all shows them)\n` : ''}${records === 0n ? palette.good(total) : palette.warning(total)}\n`;
}
