import type { ConfigPath } from '../config/config-document.ts';
import type { Finding } from '../config/diagnostic.ts';
import { didYouMean } from '../shared/did-you-mean.ts';
import type { Topology } from '../topology/topology.ts';
import type { DrillStep } from './scenario.ts';

export interface PlacedStep {
  /** Of the step's settings: `steps[3].produce`. */
  readonly path: ConfigPath;
  readonly step: DrillStep;
}

/** What a scenario names must exist: clusters and gateways in the topology, tokens and loads in the steps before. */
export function checkSteps(steps: readonly PlacedStep[], topology: Pick<Topology, 'clusters' | 'gateways'>): readonly Finding[] {
  const findings: Finding[] = [];
  const tokens = new Set<string>();
  const loads = new Map<string, 'running' | 'stopped'>();
  const known: Readonly<Record<string, readonly string[]>> = { cluster: topology.clusters.map(({ name }) => name), gateway: topology.gateways.map(({ name }) => name) };

  const expectKnown = (path: ConfigPath, what: 'cluster' | 'gateway', name: string | undefined): void => {
    const names = known[what] ?? [];
    if (name !== undefined && !names.includes(name)) findings.push({ path, message: `no ${what} named "${name}" ${didYouMean(name, names)}` });
  };

  for (const { path, step } of steps) {
    const at = (...keys: ConfigPath): ConfigPath => [...path, ...keys];
    const settings = step.input as { readonly gateway?: string | undefined; readonly cluster?: string | undefined; readonly as?: string | undefined };
    expectKnown(at('gateway'), 'gateway', settings.gateway);
    expectKnown(at('cluster'), 'cluster', settings.cluster);
    if (step.kind !== 'issueToken' && settings.as !== undefined && !tokens.has(settings.as)) {
      findings.push({ path: at('as'), message: `no token was issued as "${settings.as}" before this step ${didYouMean(settings.as, [...tokens])}` });
    }
    switch (step.kind) {
      case 'issueToken':
        tokens.add(step.input.as);
        break;
      case 'produce':
      case 'consume':
        findings.push(...checkTarget(path, step.input));
        if (step.kind === 'consume') findings.push(...checkConsume(path, step.input));
        break;
      case 'expectTopics':
        if (step.input.contains === undefined && step.input.notContains === undefined) findings.push({ path, message: 'expects nothing: it needs contains or notContains' });
        break;
      case 'verify':
      case 'failover':
        expectKnown(at('to'), 'cluster', step.input.to);
        if (step.kind === 'failover') findings.push(...checkFailover(path, step.input, expectKnown));
        break;
      case 'switchNode':
        expectKnown(at('from'), 'cluster', step.input.from);
        expectKnown(at('to'), 'cluster', step.input.to);
        break;
      case 'startLoad':
        for (const [index, node] of step.input.gateways.entries()) expectKnown(at('gateways', index), 'gateway', node);
        if (loads.has(step.input.name)) findings.push({ path: at('name'), message: `load "${step.input.name}" was started before` });
        loads.set(step.input.name, 'running');
        break;
      case 'stopLoad':
        if (loads.get(step.input.name) !== 'running') findings.push({ path: at('name'), message: `no load "${step.input.name}" runs at this step ${didYouMean(step.input.name, [...loads.keys()])}` });
        loads.set(step.input.name, 'stopped');
        break;
      case 'fault':
        if ([step.input.kill, step.input.stop, step.input.start].filter((name) => name !== undefined).length !== 1) findings.push({ path, message: 'needs exactly one of kill, stop and start' });
        break;
      case 'createTopic':
      case 'deleteTopic':
      case 'expectMapping':
      case 'down':
        break;
    }
  }
  return findings;
}

function checkTarget(path: ConfigPath, { gateway, as, cluster }: { readonly gateway?: string | undefined; readonly as?: string | undefined; readonly cluster?: string | undefined }): readonly Finding[] {
  if (cluster !== undefined && gateway !== undefined) return [{ path: [...path, 'cluster'], isKey: true, message: 'gateway is given, too (allowed: gateway and as, or cluster)' }];
  if (cluster !== undefined && as !== undefined) return [{ path: [...path, 'as'], isKey: true, message: 'a cluster itself asks for no token' }];
  if (cluster === undefined && gateway === undefined) return [{ path, message: 'needs gateway and as, or cluster' }];
  if (gateway !== undefined && as === undefined) return [{ path, message: 'needs the token that it goes through the gateway with (as)' }];
  return [];
}

const UNPLANNED_ONLY = ['maxLossRecords', 'maxLossSeconds', 'acceptLossBy', 'withoutNodes'] as const;

function checkFailover(path: ConfigPath, input: DrillStep<'failover'>['input'], expectKnown: (path: ConfigPath, what: 'gateway', name: string) => void): readonly Finding[] {
  for (const key of ['nodes', 'withoutNodes'] as const) for (const [index, node] of (input[key] ?? []).entries()) expectKnown([...path, key, index], 'gateway', node);
  if (input.mode === 'unplanned') return [];
  return UNPLANNED_ONLY.filter((key) => input[key] !== undefined).map((key) => ({ path: [...path, key], isKey: true, message: 'a planned switch loses nothing and leaves no node out (allowed with mode: unplanned)' }));
}

function checkConsume(path: ConfigPath, { cluster, group, expect }: DrillStep<'consume'>['input']): readonly Finding[] {
  const findings: Finding[] = [];
  if (Object.values(expect).every((value) => value === undefined)) findings.push({ path: [...path, 'expect'], message: 'expects nothing: it needs records, contains, absent or count' });
  if (cluster !== undefined && group !== undefined) findings.push({ path: [...path, 'group'], isKey: true, message: 'a cluster is read without a group' });
  if (expect.records !== undefined && expect.count !== undefined) findings.push({ path: [...path, 'expect', 'count'], isKey: true, message: 'records says how many already' });
  return findings;
}
