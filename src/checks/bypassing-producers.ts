import { pass, skip, some, warn, type Check } from './check.ts';
import { counted } from '../shared/counted.ts';

/** Who writes past the nodes is not held at a switch, and goes on writing to the cluster that is left. */
export const bypassingProducers: Check = {
  id: 'bypassing-producers',
  title: 'everything on the active cluster came through the gateways',
  run: ({ details, active, to }) => {
    if (active === to) return pass(`${to} is active already`);
    const bypassed = details?.bypassed;
    if (bypassed === undefined) return skip('nothing replicates in this direction');
    if (!bypassed.ok) return skip(bypassed.why);
    const { partitions, written } = bypassed.value;
    if (partitions === 0) return pass(`${active ?? '?'} has no records in topics that clients write to`);
    if (written.length === 0) return pass(`the last records of ${counted(partitions, 'partition')} were acknowledged by a node`);
    const list = written.map(({ topic, partition, records, isMore }) => `${topic}-${partition}: ${records}${isMore ? ' or more' : ''}`);
    return warn(`the last records of ${counted(written.length, 'partition')} of ${active ?? '?'} were acknowledged by no node: ${some(list)}`, `somebody writes past the gateways and will go on doing so after a switch: find out who, and give them a gateway's address`);
  },
};
