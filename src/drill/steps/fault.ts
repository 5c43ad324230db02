import type { ComponentStatus } from '../../ports/runtime.ts';
import { GwctlError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/did-you-mean.ts';
import type { Judgement } from '../expectation.ts';
import { pollUntilExpected } from '../poll.ts';
import type { StepRunner, StepTools } from '../step-tools.ts';
import { adminOf, clusterOf } from './find.ts';

/** Kills, stops or starts one component of the environment; `start` waits until it does its work again. */
export const fault: StepRunner<'fault'> = async ({ kill, stop, start, within }, tools) => {
  const name = kill ?? stop ?? start ?? '';
  const before = await find(tools, name);
  if (kill !== undefined) await tools.runtime.kill(name);
  else if (stop !== undefined) await tools.runtime.stop(name);
  else {
    await tools.runtime.start(name);
    await pollUntilExpected({ ...tools, withinMs: within }, () => judgeWorking(before, tools));
  }
  return { seen: `${name} ${kill !== undefined ? 'killed' : stop !== undefined ? 'stopped' : 'started, and it works'}`, evidence: { component: name, kind: before.kind } };
};

async function find({ runtime }: StepTools, name: string): Promise<ComponentStatus> {
  const components = await runtime.observe();
  const component = components.find((candidate) => candidate.name === name);
  if (component === undefined) throw new GwctlError('USAGE', `no component named "${name}" ${didYouMean(name, components.map((candidate) => candidate.name))}`);
  return component;
}

async function judgeWorking({ name, kind, cluster }: ComponentStatus, tools: StepTools): Promise<Judgement<true>> {
  if (kind === 'gateway') {
    const { phase } = await adminOf(tools, name).state();
    return phase === 'serving' ? { ok: true, value: true } : { ok: false, expected: `${name} to serve`, seen: phase };
  }
  if (kind === 'broker' && cluster !== null) {
    const { brokers } = await clusterOf(tools, cluster).describe();
    const id = Number(/-(\d+)$/.exec(name)?.[1]);
    return brokers.includes(id) ? { ok: true, value: true } : { ok: false, expected: `broker ${id} in ${cluster}`, seen: `brokers ${brokers.join(', ')}` };
  }
  const { state } = await find(tools, name);
  return state === 'running' ? { ok: true, value: true } : { ok: false, expected: `${name} to run`, seen: state };
}
