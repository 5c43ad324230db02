import { Progress } from '../../shared/progress.ts';

/** One consumer group member as this node sees it. */
interface Member {
  readonly group: string;
  lastHeartbeatMs: number;
  /** Has asked to join since the drain began: what it consumed is committed. */
  hasJoined: boolean;
  /** KIP-848: how many topics it has said that it owns partitions of. */
  owned: number;
  /** It was told to give up all partitions, of which its broker does not know: it must join again. */
  wasEmptied: boolean;
  generation: number;
}

/** Why a held request goes on: on the same cluster, after a move to another one, or because it was held for too long. */
export type HoldVerdict = 'same' | 'moved' | 'expired';

/** A member that was not heard of for so long is gone, or its session is. */
const MEMBER_FORGOTTEN_MS = 45_000;
/** Clients that commit by a timer only have done so when nothing was fetched for so long: by default, or in practice, it is a second. */
const TIMER_COMMIT_MS = 1300;
/** After which a client has seen what was fetched for it before: it is on its way, or in its buffer, also through another node that closes a moment later. */
const LAST_FETCHED_MS = 250;
/** Longest time that a fetch is kept waiting here while groups are drained; short, so that clients come round to their heartbeat. */
const EMPTY_FETCH_MS = 200;
/** Names of groups and members are the clients' own: neither many nor long ones take the node's memory. A member that is not remembered is not waited for. */
const MOST_MEMBERS = 20_000;
const LONGEST_KEY = 2000;

/**
 * The graceful drain of consumer groups (hazard H5). While it is closed, nothing is fetched; heartbeats are told, a moment later, that a rebalance is in
 * progress, so that each member commits what it has consumed and asks to join, and the join is held. When it opens on the new cluster the
 * members are unknown there, join afresh, and start from what they have committed.
 */
export class GroupGate {
  readonly #holdMs: number;
  readonly #members = new Map<string, Member>();
  readonly #held = new Set<(verdict: HoldVerdict) => void>();
  readonly #progress = new Progress();
  #closedAt: number | undefined;

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  get isClosed(): boolean {
    return this.#closedAt !== undefined;
  }

  /**
   * Closed for so short a time that a member may be given, or has still to commit, what was fetched before. One that asks to join now commits too little:
   * clients that keep their partitions meanwhile go on consuming, and may not commit it.
   */
  isConsuming(commitsByTimerOnly: boolean): boolean {
    return this.#closedAt !== undefined && performance.now() - this.#closedAt < (commitsByTimerOnly ? TIMER_COMMIT_MS : LAST_FETCHED_MS);
  }

  /** Called for each heartbeat, whoever answers it. Names are physical. */
  heartbeat(group: string, memberId: string, generation: number): void {
    this.#heard(group, memberId).generation = generation;
  }

  #heard(group: string, memberId: string): Member {
    const key = keyOf(group, memberId);
    const member = this.#members.get(key) ?? { group, lastHeartbeatMs: 0, hasJoined: false, owned: 0, wasEmptied: false, generation: -1 };
    member.lastHeartbeatMs = performance.now();
    if (key.length > LONGEST_KEY) return member;
    // Whoever was heard of last stands last.
    this.#members.delete(key);
    this.#members.set(key, member);
    const [longestSilent] = this.#members.keys();
    if (this.#members.size > MOST_MEMBERS && longestSilent !== undefined) this.#members.delete(longestSilent);
    return member;
  }

  /** A member of a KIP-848 group says of how many topics it owns partitions; undefined: of as many as before. While the gate is closed it shall give up all. */
  owns(group: string, memberId: string, topics: number | undefined): void {
    const member = this.#heard(group, memberId);
    member.owned = topics ?? member.owned;
    if (this.#closedAt === undefined) return;
    member.wasEmptied = true;
    if (member.owned === 0) this.drained(group, memberId);
  }

  /** A member of a classic group joins and shall be assigned nothing first; its generation, or undefined where that was done, or it is no member. */
  empties(group: string, memberId: string): number | undefined {
    const member = this.#members.get(keyOf(group, memberId));
    if (this.#closedAt === undefined || member === undefined || member.wasEmptied) return undefined;
    member.wasEmptied = true;
    return member.generation;
  }

  isEmptied(group: string, memberId: string): boolean {
    return this.#members.get(keyOf(group, memberId))?.wasEmptied === true;
  }

  /** Whether that member gave up what its broker believes it to own: it must join again. Asked once, and not any more when it has joined. */
  mustRejoin(group: string, memberId: string): boolean {
    const member = this.#members.get(keyOf(group, memberId));
    if (member === undefined || !member.wasEmptied || this.#closedAt !== undefined) return false;
    member.wasEmptied = false;
    return true;
  }

  /** What that member consumed is committed. */
  drained(group: string, memberId: string): void {
    const member = this.#members.get(keyOf(group, memberId));
    if (member !== undefined) member.hasJoined = true;
    this.#progress.made();
  }

  left(group: string, memberId: string): void {
    this.#members.delete(keyOf(group, memberId));
    this.#progress.made();
  }

  /** Closes the gate and waits until every member has asked to join, at most `timeoutMs`: one that is busy with its records is not waited for longer. */
  async drain(timeoutMs: number): Promise<{ readonly members: number; readonly drained: number }> {
    if (this.#closedAt === undefined) {
      this.#closedAt = performance.now();
      for (const [key, member] of this.#members) {
        if (performance.now() - member.lastHeartbeatMs > MEMBER_FORGOTTEN_MS) this.#members.delete(key);
        else member.hasJoined = false;
      }
    }
    await this.#progress.until(() => this.#outstanding() === 0, timeoutMs);
    const members = this.#members.size;
    return { members, drained: members - this.#outstanding() };
  }

  open(verdict: 'same' | 'moved'): void {
    this.#closedAt = undefined;
    if (verdict === 'moved') this.#members.clear();
    for (const settle of [...this.#held]) settle(verdict);
  }

  /** Holds a join until the gate opens; the time counts from when it closed, as for writes. `over` ends the wait early. */
  async join(group: string, memberId: string, over: AbortSignal): Promise<HoldVerdict> {
    let verdict: HoldVerdict = 'same';
    if (this.#closedAt !== undefined) {
      this.drained(group, memberId);
      verdict = await this.#wait(this.#closedAt + this.#holdMs - performance.now(), over);
    }
    if (verdict === 'same') this.mustRejoin(group, memberId);
    return verdict;
  }

  /** Waits a moment with a fetch, as a broker without new records would; 'expired' is then the usual verdict. */
  async fetch(maxWaitMs: number, over: AbortSignal): Promise<HoldVerdict> {
    return this.#closedAt === undefined ? 'same' : await this.#wait(Math.min(maxWaitMs, EMPTY_FETCH_MS), over);
  }

  async #wait(ms: number, over: AbortSignal): Promise<HoldVerdict> {
    return await new Promise<HoldVerdict>((resolve) => {
      const settle = (verdict: HoldVerdict): void => {
        clearTimeout(timer);
        over.removeEventListener('abort', expire);
        this.#held.delete(settle);
        resolve(verdict);
      };
      const expire = (): void => settle('expired');
      const timer = setTimeout(expire, Math.max(0, ms));
      over.addEventListener('abort', expire);
      this.#held.add(settle);
    });
  }

  #outstanding(): number {
    let count = 0;
    for (const { hasJoined } of this.#members.values()) if (!hasJoined) count++;
    return count;
  }
}

function keyOf(group: string, memberId: string): string {
  return `${group}\0${memberId}`;
}
