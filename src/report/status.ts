import type { CheckReport } from '../checks/check.ts';
import { totalLag, type Observation } from '../checks/observation.ts';
import { commandsToEnd, type OpenRun } from '../engine/open-run.ts';
import type { ComponentStatus } from '../ports/runtime.ts';
import { counted } from '../shared/counted.ts';
import { nodesWithout } from '../shared/gateway-driver.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

/** One screen: what runs, what each node serves, how far the replica is, and whether one may switch. */
export function renderStatus(seen: Observation, components: readonly ComponentStatus[], checks: readonly CheckReport[], run: OpenRun | undefined, palette: Palette): string {
  return [clusters(seen, palette), gateways(seen, palette), processes(components, palette), replication(seen, palette), openRun(run, seen.at, palette), readiness(seen, checks, run, palette)].filter((part) => part !== '').join('\n');
}

/** A run that is under way, or that died: who began it, what it holds, and which command ends it. */
function openRun(run: OpenRun | undefined, at: Date, palette: Palette): string {
  if (run === undefined) return '';
  const { runId, by, from, to, isCommitted, leaseUntil } = run;
  const [finish, giveUp] = commandsToEnd(run);
  const head = palette.warning(`run ${runId} is open: ${from} -> ${to}, begun by ${by ?? 'somebody'}, ${isCommitted ? `decided: ${to} is active` : 'not decided yet'}`);
  const isAlive = leaseUntil !== undefined && leaseUntil > at;
  const what = giveUp === undefined ? `\`${finish ?? ''}\` brings it to its end` : `\`${giveUp}\` gives it up, \`${finish ?? ''}\` makes the switch anew`;
  return `${head}\n  ${isAlive ? `it may be under way still, until ${leaseUntil.toISOString()}; after that ` : ''}${what}\n`;
}

function clusters({ clusters: views, active }: Observation, palette: Palette): string {
  const rows = [...views].map(([name, view]) => {
    const role = name === active ? palette.strong('active') : '';
    if (!view.ok) return [name, role, palette.bad('unreachable'), '', view.why];
    const { brokers, topics } = view.value.description;
    const partitions = topics.flatMap((topic) => topic.partitions);
    const behind = partitions.filter(({ inSync, replicas, leader }) => leader < 0 || inSync.length < replicas.length).length;
    return [name, role, brokers.join(','), `${topics.length} / ${partitions.length}`, behind === 0 ? palette.good('all in sync') : palette.bad(`${counted(behind, 'partition')} not in sync`)];
  });
  return renderTable([{ title: 'cluster' }, { title: '' }, { title: 'brokers' }, { title: 'topics / partitions' }, { title: '' }], rows, palette);
}

function gateways({ nodes, topology }: Observation, palette: Palette): string {
  const seenOnly = nodesWithout('tellsState', topology.gateways);
  const rows = nodes.map(({ name, state }) => {
    if (!state.ok) return [name, palette.bad('unreachable'), '', '', '', state.why];
    if (seenOnly.includes(name)) return [name, palette.good('serving'), state.value.active, '', '', 'found with a record through it: it says nothing of itself (driver conduktor)'];
    const { active, generation, phase, connections, heldWrites, run, isLost } = state.value;
    const what = phase === 'serving' ? palette.good(phase) : palette.warning(phase);
    return [name, what, active, String(generation), String(connections), isLost ? 'holds writes: nobody can tell which cluster is active (gwctl resume --serve)' : run === null ? '' : `run ${run.runId} to ${run.to}, ${counted(heldWrites, 'write')} held, lease until ${run.leaseUntil}`];
  });
  return renderTable([{ title: 'gateway' }, { title: 'phase' }, { title: 'serves' }, { title: 'generation' }, { title: 'connections' }, { title: '' }], rows, palette);
}

/** Only what is not running: the rest is above. */
function processes(components: readonly ComponentStatus[], palette: Palette): string {
  return components
    .filter(({ state }) => state === 'crashed' || state === 'held')
    .map(({ name, state, heldBecause, logFile, lastLogLines }) => {
      const head = state === 'crashed' ? palette.bad(`${name} has crashed`) : palette.warning(`${name} is held: ${heldBecause ?? ''}`);
      return `${head} (log: ${logFile})\n${state === 'crashed' ? lastLogLines.slice(-5).map((line) => `    ${line}\n`).join('') : ''}`;
    })
    .join('');
}

function replication({ lag, link, active, to, replicator, at }: Observation, palette: Palette): string {
  if (active === undefined) return '';
  if (link === undefined) return `replication: ${palette.warning(`nothing replicates ${active}->${to}`)}\n`;
  if (lag?.ok !== true) return `replication ${link.name}: ${palette.bad(lag?.why ?? 'not known')}\n`;
  const { records, seconds } = totalLag(lag.value);
  const heartbeat = replicator?.ok === true ? replicator.value.lastHeartbeat : undefined;
  const age = heartbeat === undefined ? 'no heartbeat yet' : `last heartbeat ${Math.max(0, (at.getTime() - heartbeat.getTime()) / 1000).toFixed(1)} s ago`;
  return `replication ${link.name}: ${counted(records, 'record')} behind, ${seconds.toFixed(1)} s; ${age}\n`;
}

function readiness({ to, active }: Observation, checks: readonly CheckReport[], run: OpenRun | undefined, palette: Palette): string {
  const failed = checks.filter(({ status }) => status === 'fail');
  const isFree = run === undefined;
  if (failed.length === 0 && isFree) return `ready to fail over to ${to}: ${palette.good('yes')}, all ${checks.length} checks of \`gwctl verify\` pass\n  gwctl failover --to ${to}${active === undefined ? '' : ` --expect-active ${active}`}\n`;
  const why = [...(isFree ? [] : [`  run ${run.runId} is open\n`]), ...failed.map(({ id, evidence, hint }) => `  ${id}: ${evidence}\n${hint === undefined ? '' : `    ${palette.faint(hint)}\n`}`)];
  return `ready to fail over to ${to}: ${palette.bad('no')}, because\n${why.join('')}`;
}
