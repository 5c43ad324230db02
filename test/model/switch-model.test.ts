import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import { MAX_STATES, SEARCHED, TIMEOUT_MS } from './scenarios.ts';
import { switchModel } from './switch-model.ts';

describe('the protocol of the switch', () => {
  test.each(SEARCHED)('%s', (name, scenario) => {
    const { states, moves, finished, finding } = explore(switchModel(scenario), MAX_STATES);
    process.stdout.write(`${name}: ${states} states, ${moves} moves, ${finished} of them ends\n`);
    expect(finding).toBeUndefined();
    expect(finished).toBeGreaterThan(0);
  }, TIMEOUT_MS);
});
