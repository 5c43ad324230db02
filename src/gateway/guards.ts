import { GwctlError } from '../shared/errors.ts';
import type { ApiTable } from './api-table.ts';

/**
 * What keeps clients alive through a switch and can be switched off, **for tests only**: a guard that is never seen to matter is not known to
 * work. test/e2e/client-survival-controls.test.ts switches each off and shows which real client dies of it.
 *
 * - `epochs`: leader epochs are cleared in responses, and OffsetForLeaderEpoch is hidden (D1)
 * - `epochs-request`: leader epochs are cleared in requests (hazard 00.1)
 * - `producer-ids`: InitProducerId without a transactional id is answered here (D4)
 * - `group-errors`: errors that end a consumer for ever are turned into those on which it joins again (D6)
 * - `keep-sockets`: client sockets stay open when a node flips (hazard 00.2)
 * - `share-producers`: workers tell each other of transactional producers (test/integration/gateway/workers-transactions.test.ts)
 * - `returned-producers`: idempotent producers that come back to a cluster get another id there (test/integration/gateway/failback-producers.test.ts)
 * - `stalls`: a process that was stopped lets no write pass until it knows what was decided meanwhile (test/integration/gateway/stopped-node.test.ts)
 */
export type GuardName = (typeof GUARDS)[number];

const GUARDS = ['epochs', 'epochs-request', 'producer-ids', 'group-errors', 'keep-sockets', 'share-producers', 'returned-producers', 'stalls'] as const;

/** Names the guards that are off, separated by commas. */
export const DISABLED_GUARDS_VARIABLE = 'GWCTL_TEST_DISABLE';

/** Which guards the variable switches off; none when it is not set. USAGE for a name that is no guard. */
export function parseDisabledGuards(value: string | undefined): ReadonlySet<GuardName> {
  const names = (value ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  return new Set(names.map((name) => {
    const guard = GUARDS.find((candidate) => candidate === name);
    if (guard === undefined) throw new GwctlError('USAGE', `${DISABLED_GUARDS_VARIABLE}: "${name}" is not a guard (${GUARDS.join(', ')})`);
    return guard;
  }));
}

/** The table as it is without the guard `epochs`. */
export function withEpochApi(table: ApiTable): ApiTable {
  return new Map([...table, [OFFSET_FOR_LEADER_EPOCH, { key: OFFSET_FOR_LEADER_EPOCH, min: 2, max: 4, brokerMax: 4, effect: 'read' }]]);
}

const OFFSET_FOR_LEADER_EPOCH = 23;
