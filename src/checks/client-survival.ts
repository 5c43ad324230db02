import type { SoftwareCount } from '../shared/admin-api.ts';
import { counted } from '../shared/counted.ts';
import { fail, pass, skip, some, warn, type Check } from './check.ts';
import { behaviourOf } from './client-behaviour.ts';
import type { Details } from './observation.ts';

/** What clients were told that they may ask must hold on both clusters (hazard H10); and what each client does at a switch is known beforehand. */
export const clientSurvival: Check = {
  id: 'client-survival',
  title: 'both clusters serve what clients were told, and the connected clients live through a switch',
  run: ({ details, active, to }) => {
    if (details === undefined) return skip('it was not looked at');
    const told = details.clients.flatMap(({ clients }) => (clients.ok ? [clients.value] : []));
    const [first] = told;
    if (first === undefined) return skip('no gateway node says what its clients were told');
    const tables = new Set(told.map(({ apis }) => JSON.stringify(apis)));
    if (tables.size > 1) return warn('the nodes tell clients different things', 'a client that moves to another node may ask what that one does not serve, with or without a switch: run the same version of gwctl, and the same kafkaVersion of clusters in gwctl.yaml, on all nodes');
    const lacking = [...new Set([active, to])].flatMap((cluster) => (cluster === undefined ? [] : missingOn(details, cluster, first.apis)));
    if (lacking.length > 0) return fail(`${some(lacking)}`, 'a client asks what it was told when it connected: set kafkaVersion of the cluster in gwctl.yaml, and restart the nodes one by one');
    const software = sum(told.flatMap(({ clients }) => clients));
    const list = software.map((one) => `${counted(one.connections, 'connection')} of ${nameOf(one)} (${behaviourOf(one).does})`);
    const evidence = software.length === 0 ? 'no client is connected' : some(list, 5);
    const careless = software.filter((one) => !behaviourOf(one).isProven);
    if (careless.length === 0) return pass(evidence);
    return warn(evidence, `${some(careless.map(nameOf))} was never run through a switch by the tests of gwctl: rehearse it with \`gwctl drill\``);
  },
};

function missingOn({ clusters }: Details, cluster: string, apis: readonly { readonly key: number; readonly min: number; readonly max: number }[]): string[] {
  const seen = clusters.get(cluster);
  if (seen?.ok !== true) return [];
  return [...seen.value.apis].flatMap(([broker, served]) => apis.flatMap(({ key, min, max }) => {
    const range = served.get(key);
    if (range !== undefined && range.min <= min && range.max >= max) return [];
    return [`broker ${broker} of ${cluster} serves api ${key} ${range === undefined ? 'not at all' : `in versions ${range.min} to ${range.max}`} (clients were told ${min} to ${max})`];
  }));
}

/** Over all nodes; gwctl's own connections are no clients. */
function sum(counts: readonly SoftwareCount[]): SoftwareCount[] {
  const all = new Map<string, SoftwareCount>();
  for (const one of counts) {
    if (one.software === 'gwctl' || one.connections === 0) continue;
    const key = nameOf(one);
    all.set(key, { ...one, connections: one.connections + (all.get(key)?.connections ?? 0) });
  }
  return [...all.values()].sort((a, b) => b.connections - a.connections);
}

function nameOf({ software, version }: SoftwareCount): string {
  return software === '' ? 'a client that does not say what it is' : `${software} ${version}`;
}
