import { fail, pass, skip, type Check } from './check.ts';

/** With names kept, two directions copy each record for ever (hazard H11). */
export const bothDirections: Check = {
  id: 'both-directions',
  title: 'nothing replicates from the target back to the active cluster',
  run: ({ details, active, to, link, clusters }) => {
    if (active === undefined) return skip('no gateway node says which cluster is active');
    if (active === to) return pass(`${to} is active already`);
    const reverse = details?.reverse;
    if (link === undefined) return skip(`nothing replicates ${active}->${to}`);
    if (reverse === undefined || clusters.get(active)?.ok !== true) return skip('it cannot be asked');
    // Without the topics of that direction nothing ever replicated in it.
    if (!reverse.ok) return pass(`nothing replicates ${to}->${active}`);
    const tasks = reverse.value.connectors.filter(({ name, state }) => /^MirrorSourceConnector-\d+$/.test(name) && state === 'RUNNING');
    if (tasks.length === 0) return pass(`nothing replicates ${to}->${active}`);
    return fail(`${tasks.map(({ name }) => name).join(', ')} of ${to}->${active} is running, and so is ${active}->${to}: each record is copied to and fro for ever`, `stop the replication ${to}->${active}; records that are there twice by now stay`);
  },
};
