import { afterEach, describe, expect, test, vi } from 'vitest';
import { PATTERN, PERMISSION, OPERATION, RESOURCE } from '../../../src/gateway/acls/acl.ts';
import { auditRecord, describeAcl, type AuditRecord } from '../../../src/gateway/audit/audit-event.ts';
import { AuditLog, type AuditLogOptions } from '../../../src/gateway/audit/audit-log.ts';
import { EventThrottle } from '../../../src/gateway/audit/event-throttle.ts';
import { createLog } from '../../../src/gateway/log.ts';
import { internalTopicsOf } from '../../../src/adapters/runtime/internal-topics.ts';
import { AUDIT_TOPIC, AUDIT_TOPIC_CONFIG } from '../../../src/gateway/audit/audit-log.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const NOW = new Date('2026-11-24T03:00:00Z');

let open: AuditLog | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await open?.close(0);
  open = undefined;
});

interface Opened {
  readonly audit: AuditLog;
  readonly batches: AuditRecord[][];
  readonly lines: string[];
  /** Why writing fails, while it does. */
  failure: Error | undefined;
  isHeld: boolean;
}

function openLog(options: Partial<AuditLogOptions> = {}): Opened {
  const lines: string[] = [];
  const opened: Opened = {
    batches: [], lines, failure: undefined, isHeld: false,
    audit: new AuditLog({
      node: 'gateway1', now: () => NOW, log: createLog((line) => void lines.push(line)),
      isHeld: () => opened.isHeld,
      write: async (values) => {
        if (opened.failure !== undefined) throw opened.failure;
        opened.batches.push(values.map((value) => JSON.parse(value.toString('utf8')) as AuditRecord));
      },
      ...options,
    }),
  };
  open = opened.audit;
  return opened;
}

const login = (user: string) => ({ kind: 'login', virtualCluster: 'teamA', user, address: '10.0.0.1' }) as const;
const usersIn = (batches: readonly AuditRecord[][]): (string | null)[] => batches.flat().map(({ user }) => user);

describe('a record', () => {
  test('has every field of version 1 of the shape', () => {
    const record = auditRecord('gateway1', 7, NOW, { ...login('sa'), details: { tokenId: 'x' } });
    expect(record).toEqual({ version: 1, time: '2026-11-24T03:00:00.000Z', node: 'gateway1', sequence: 7, kind: 'login', virtualCluster: 'teamA', user: 'sa', address: '10.0.0.1', details: { tokenId: 'x' } });
  });

  test('has null where nothing applies, and is bounded whatever a client called itself', () => {
    const record = auditRecord('n', 1, NOW, { kind: 'topics-created', user: 'u'.repeat(5000), details: { topics: Array.from({ length: 101 }, () => 't'.repeat(1000)) } });
    expect(record).toMatchObject({ virtualCluster: null, address: null, user: `${'u'.repeat(300)}…` });
    expect((record.details['topics'] as string[]).slice(-2)).toEqual([`${'t'.repeat(300)}…`, '… and 1 more']);
    expect(JSON.stringify(record).length).toBeLessThan(50_000);
  });

  test('names an ACL in the words of Kafka', () => {
    expect(describeAcl({ permissionType: PERMISSION.allow, principal: 'User:reader', operation: OPERATION.describeConfigs, resourceType: RESOURCE.transactionalId, patternType: PATTERN.prefixed, resourceName: 'a b', host: '*' })).toBe('ALLOW User:reader DESCRIBE_CONFIGS TRANSACTIONAL_ID PREFIXED a b');
  });
});

describe('the log', () => {
  test('writes in batches, in order', async () => {
    const { audit, batches } = openLog();
    for (let index = 0; index < 1100; index++) audit.record(login(`u${index}`));
    expect(batches).toEqual([]);
    await expect.poll(() => audit.written).toBe(1100);
    expect(batches.map((batch) => batch.length)).toEqual([500, 500, 100]);
    expect(usersIn(batches)).toEqual(Array.from({ length: 1100 }, (_, index) => `u${index}`));
    expect(batches.flat().map(({ sequence }) => sequence)).toEqual(Array.from({ length: 1100 }, (_, index) => index + 1));
  });

  test('tries again when a write fails, with the same records, and says so once', async () => {
    const opened = openLog();
    opened.failure = new Error('no broker');
    opened.audit.record(login('a'));
    await expect.poll(() => opened.lines.length).toBe(1);
    opened.audit.record(login('b'));
    opened.failure = undefined;
    await expect.poll(() => usersIn(opened.batches), { timeout: 5000 }).toEqual(['a', 'b']);
    expect(opened.lines.join('')).toMatch(/audit records wait: no broker queued=1/);
  });

  test('waits while writes are held for a switch, and loses nothing', async () => {
    const opened = openLog();
    opened.isHeld = true;
    opened.failure = new Error('written to the cluster that is left');
    opened.audit.record(login('a'));
    vi.useFakeTimers();
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
    expect([opened.batches, opened.lines]).toEqual([[], []]);
    opened.failure = undefined;
    opened.isHeld = false;
    await expect.poll(() => usersIn(opened.batches)).toEqual(['a']);
  });

  test('takes as many as the limit; further ones are counted, logged, and told in the log itself', async () => {
    const opened = openLog({ maxQueued: 3 });
    opened.failure = new Error('no broker');
    for (const user of ['a', 'b', 'c']) opened.audit.record(login(user));
    expect(opened.audit.dropped).toBe(0);
    for (const user of ['d', 'e']) opened.audit.record(login(user));
    expect(opened.audit).toMatchObject({ dropped: 2, queued: 3 });
    expect(opened.lines.join('')).toContain('audit records are dropped: 3 wait already');
    opened.failure = undefined;
    await expect.poll(() => opened.audit.written, { timeout: 5000 }).toBe(4);
    expect(usersIn(opened.batches)).toEqual(['a', 'b', 'c', null]);
    expect(opened.batches.flat().at(-1)).toMatchObject({ kind: 'dropped', details: { count: 2 } });
  });

  test('that is closed writes what is left, and takes no more', async () => {
    const opened = openLog();
    opened.audit.record(login('a'));
    await opened.audit.close(5000);
    opened.audit.record(login('b'));
    expect(usersIn(opened.batches)).toEqual(['a']);
    expect(opened.lines).toEqual([]);
  });

  test('that cannot write what is left gives up at the deadline, and says how much is lost', async () => {
    const opened = openLog();
    opened.isHeld = true;
    opened.audit.record(login('a'));
    await opened.audit.close(30);
    expect(opened.lines.join('')).toMatch(/audit records are lost: .* count=1/);
  });
});

describe('refusals', () => {
  const refused = (address: string, kind: 'login-refused' | 'denied' = 'login-refused') => ({ kind, address, user: 'sa' }) as const;

  test('of one source are recorded up to a burst, then one a second; another source, and what is done, is not touched', () => {
    const clock = { ms: 0 };
    const throttle = new EventThrottle(() => clock.ms);
    const count = (address: string, times: number): number => Array.from({ length: times }, () => throttle.admits(refused(address))).filter(Boolean).length;
    expect(count('a', 100)).toBe(10);
    expect(count('b', 3)).toBe(3);
    clock.ms = 2000;
    expect(count('a', 100)).toBe(2);
    expect(Array.from({ length: 2000 }, () => throttle.admits(login('sa'))).every(Boolean)).toBe(true);
    expect(throttle.takeSuppressed()).toEqual(new Map([['login-refused', 188]]));
    expect(throttle.takeSuppressed()).toEqual(new Map());
  });

  test('of very many sources do not flood the log either', () => {
    const throttle = new EventThrottle(() => 0);
    expect(Array.from({ length: 20_000 }, (_, index) => throttle.admits(refused(`a${index}`))).filter(Boolean).length).toBe(500);
    expect(throttle.admits(refused('x', 'denied'))).toBe(true);
  });

  test('of users whose names differ only far behind their beginning count as one source: no name takes more memory than that', () => {
    const throttle = new EventThrottle(() => 0);
    const admitted = (end: string): number => Array.from({ length: 10 }, () => throttle.admits({ ...refused('a'), user: 'x'.repeat(200) + end })).filter(Boolean).length;
    expect(admitted('one')).toBe(10);
    expect(admitted('other')).toBe(0);
    expect(throttle.admits({ ...refused('a'), user: 'y' })).toBe(true);
  });

  test('that were left out are told, at the latest when the node ends', async () => {
    const { audit, batches } = openLog();
    for (let index = 0; index < 12; index++) audit.record(refused('a'));
    await audit.close(5000);
    expect(batches.flat().map(({ kind }) => kind)).toEqual([...Array.from({ length: 10 }, () => 'login-refused'), 'suppressed']);
    expect(batches.flat().at(-1)?.details).toEqual({ of: 'login-refused', count: 2 });
  });
});

test('the topic is made in the same way by a node and by `gwctl up`', () => {
  const [cluster] = TOPOLOGY.clusters;
  if (cluster === undefined) throw new Error('no cluster');
  expect(internalTopicsOf(cluster, []).find(({ name }) => name === AUDIT_TOPIC)?.configs).toEqual(AUDIT_TOPIC_CONFIG);
});
