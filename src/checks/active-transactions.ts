import { pass, skip, some, warn, type Check } from './check.ts';

/** No reader of committed records sees what is behind an open transaction: the tail would wait for it while writes are held (hazard H11). */
export const activeTransactions: Check = {
  id: 'active-transactions',
  title: 'no transaction on the active cluster is open for longer than writes may be held',
  run: ({ details, active, to, topology, at }) => {
    if (active === to) return pass(`${to} is active already`);
    const source = active === undefined ? undefined : details?.clusters.get(active);
    if (source?.ok !== true) return skip('the active cluster cannot be read');
    const { pauseBudgetMs } = topology.failover;
    const all = source.value.transactions.map((one) => ({ ...one, ageMs: at.getTime() - one.startedAt.getTime() })).sort((a, b) => b.ageMs - a.ageMs);
    const old = all.filter(({ ageMs }) => ageMs > pauseBudgetMs);
    if (old.length === 0) return pass(all.length === 0 ? 'none is open for longer than 5 s' : `${all.length} open, the oldest for ${((all[0]?.ageMs ?? 0) / 1000).toFixed(0)} s (allowed: ${pauseBudgetMs / 1000} s)`);
    const list = old.map(({ transactionalId, producerId, ageMs }) => `${transactionalId} (producer ${producerId}) for ${(ageMs / 1000).toFixed(0)} s`);
    return warn(`open for longer than ${pauseBudgetMs / 1000} s: ${some(list)}`, 'a switch aborts those that come through the gateways; one of a producer that bypasses them holds the switch up: end it with kafka-transactions.sh abort');
  },
};
