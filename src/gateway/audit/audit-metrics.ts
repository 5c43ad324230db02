import { Counter, Gauge, type Registry } from 'prom-client';
import type { AuditLog } from './audit-log.ts';

/** Registers how the audit log keeps up. */
export function registerAuditMetrics(registry: Registry, audit: Pick<AuditLog, 'queued' | 'written' | 'dropped'>, prefix: string): void {
  const registers = [registry];
  new Gauge({
    name: `${prefix}audit_queued_records`, help: 'Audit records that wait to be written', registers,
    collect() {
      this.set(audit.queued);
    },
  });
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({
      name: prefix + name, help, registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  counter('audit_records_total', 'Audit records that were written', () => audit.written);
  counter('audit_dropped_records_total', 'Audit records that found too many waiting, and are lost', () => audit.dropped);
}
