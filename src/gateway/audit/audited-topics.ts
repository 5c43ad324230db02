import { ERROR } from '../../wire/error-codes.ts';
import type { CreateTopicsResponse } from '../../wire/generated/create-topics.ts';
import type { DeleteTopicsResponse } from '../../wire/generated/delete-topics.ts';
import { API } from '../api-table.ts';
import type { AuditEvent } from './audit-event.ts';
import type { AuditSink } from './audit-log.ts';

/** Records what an answer to CreateTopics or DeleteTopics, in the client's own names, says was done. */
export function auditTopics(apiKey: number, request: Record<string, unknown> | undefined, answer: Record<string, unknown>, who: Pick<AuditEvent, 'virtualCluster' | 'user' | 'address'>, audit: AuditSink): void {
  if (apiKey === API.createTopics && request?.['validateOnly'] !== true) record('topics-created', (answer as unknown as CreateTopicsResponse).topics);
  if (apiKey === API.deleteTopics) record('topics-deleted', (answer as unknown as DeleteTopicsResponse).responses);

  function record(kind: 'topics-created' | 'topics-deleted', topics: readonly { readonly name: string | null; readonly errorCode: number }[]): void {
    const done = topics.filter(({ errorCode }) => errorCode === ERROR.NONE).map(({ name }) => name ?? '?');
    if (done.length > 0) audit.record({ kind, ...who, details: { topics: done } });
  }
}
