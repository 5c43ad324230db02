import type { Backing } from '../backing.ts';
import type { Log } from '../log.ts';
import type { Serving } from '../serving.ts';
import { AUDIT_TOPIC, AuditLog } from './audit-log.ts';

/** A drain waits for a batch of the audit log that is on its way; a switch gives it at least half of 5 s. */
const AUDIT_WRITE_MS = 2000;

/** The audit log of one process, on whichever cluster is active. `serving` is asked when there is something to write. */
export function openAudit(name: string, backing: Backing, serving: () => Pick<Serving, 'hold' | 'isHeld'>, log: Log): AuditLog {
  return new AuditLog({
    node: name,
    log,
    isHeld: () => serving().isHeld,
    write: (values) => serving().hold(async () => void (await backing.active.client.produce(AUDIT_TOPIC, 0, values.map((value) => ({ key: null, value })), { timeoutMs: AUDIT_WRITE_MS }))),
  });
}
