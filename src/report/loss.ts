import type { Loss } from '../checks/loss.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

const MAX_TOPICS = 20;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** What an unplanned switch loses, on one screen: the topics that lose most, the sum, and why it may be more. */
export function renderLoss(loss: Loss, from: string, to: string, palette: Palette): string {
  const { topics, unknown, notMirrored } = loss;
  const mark = (isExact: boolean, count: number): string => `${isExact ? '' : 'at most '}${count}`;
  const rows = topics.slice(0, MAX_TOPICS).map(({ topic, partitions, records, bytes, seconds, isExact }) => [topic, String(partitions), mark(isExact, records), size(bytes), seconds.toFixed(1)]);
  if (topics.length > MAX_TOPICS) rows.push([`and ${topics.length - MAX_TOPICS} more`, '', '', '', '']);
  rows.push(['in all', String(topics.reduce((sum, { partitions }) => sum + partitions, 0)), mark(loss.isExact, loss.records), size(loss.bytes), loss.seconds.toFixed(1)]);
  const table = renderTable([{ title: 'topic' }, { title: 'partitions', align: 'right' }, { title: 'records', align: 'right' }, { title: 'bytes', align: 'right' }, { title: 'seconds', align: 'right' }], rows, palette);
  const head = loss.records === 0 ? `nothing that ${from} has acknowledged through these nodes is missing on ${to}\n` : `acknowledged on ${from}, and not on ${to}: lost until somebody salvages it\n${table}`;
  return [
    head,
    ...unknown.map((why) => `${palette.bad('unknown')}: ${why}\n`),
    ...(notMirrored.length === 0 ? [] : [`${palette.warning('not mirrored')}, so nothing of it is on ${to}: ${notMirrored.join(', ')}\n`]),
    `consumer groups go on where MirrorMaker has last written their position on ${to}: some records are read again\n`,
  ].join('');
}

/** "3.4 KiB" */
function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}
