import { countedParts } from '../../shared/counted.ts';
import type { StepRunner } from '../step-tools.ts';

/** Takes the environment down with its data, when this drill brought it up and was told to (`--up --down`); leaves any other alone. */
export const down: StepRunner<'down'> = async (_input, { takeDown, world }) => {
  if (takeDown === undefined) return { seen: 'left running: this drill was not run with --up --down' };
  const stopped = await takeDown();
  return { seen: `${countedParts(stopped, world.topology.runtime)} stopped, data deleted`, evidence: { stopped } };
};
