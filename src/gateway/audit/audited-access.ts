import type { AclBook } from '../acls/acl-apis.ts';
import type { Acl } from '../acls/acl.ts';
import { OPERATION, RESOURCE } from '../acls/acl.ts';
import type { SessionAccess } from '../acls/apply-acls.ts';
import { describeAcl, wordOf, type AuditEvent } from './audit-event.ts';
import type { AuditSink } from './audit-log.ts';

/** The same access, and each change of the ACLs and each denial is recorded as done by `who`. */
export function auditedAccess(access: SessionAccess, who: Pick<AuditEvent, 'virtualCluster' | 'user' | 'address'>, audit: AuditSink): SessionAccess {
  return {
    user: access.user,
    book: new AuditedBook(access.book, (added, removed) => {
      audit.record({ kind: 'acls-changed', ...who, details: { added: added.map(describeAcl), removed: removed.map(describeAcl) } });
    }),
    denied: (api, refusal) => {
      const what = refusal === undefined ? {} : { operation: wordOf(OPERATION, refusal.operation), resourceType: wordOf(RESOURCE, refusal.resourceType), resource: refusal.name };
      audit.record({ kind: 'denied', ...who, details: { api, ...what } });
    },
  };
}

type Changed = (added: readonly Acl[], removed: readonly Acl[]) => void;

class AuditedBook implements AclBook {
  readonly #book: AclBook;
  readonly #changed: Changed;

  constructor(book: AclBook, changed: Changed) {
    this.#book = book;
    this.#changed = changed;
  }

  get acls(): readonly Acl[] {
    return this.#book.acls;
  }

  async update(change: (acls: readonly Acl[]) => readonly Acl[]): Promise<void> {
    let [before, after]: [readonly Acl[], readonly Acl[]] = [[], []];
    await this.#book.update((acls) => {
      before = acls;
      after = change(acls);
      return after;
    });
    const [added, removed] = [after.filter((acl) => !before.includes(acl)), before.filter((acl) => !after.includes(acl))];
    if (added.length + removed.length > 0) this.#changed(added, removed);
  }
}
