import type { Socket } from 'node:net';
import { GwctlError } from '../../shared/errors.ts';
import { decodeMessage, encodeMessage } from '../../wire/codec.ts';
import { APIS } from '../../wire/generated/apis.ts';
import { encodeRequestFrame, readResponseHeader, type RequestHead } from '../../wire/headers.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import { answerInFull } from '../answers/answer-in-full.ts';
import { answerPlainly } from '../answers/answer-plainly.ts';
import { answerApiVersions, answerHeartbeatMoved } from '../answers/local-answers.ts';
import { answerCut, answerMoved } from '../answers/moved-answers.ts';
import { translateAnswer } from '../answers/translate-answer.ts';
import { API, brokerVersionOf, servedApi } from '../api-table.ts';
import { KEEP_ALIVE_MS, type BackendLink } from '../backend/backend-link.ts';
import { BackendRoutes, type Route } from '../backend/backend-routes.ts';
import { coordinatorKeyOf, isNotCoordinator } from '../backend/coordinator-key.ts';
import { ByteSink } from '../bytes/byte-sink.ts';
import { ByteSource, StreamEnded } from '../bytes/byte-source.ts';
import { readFrameSize } from '../bytes/frame-reader.ts';
import { readHead } from '../bytes/read-head.ts';
import { after, type Soon } from '../bytes/soon.ts';
import { readClientSoftware, UNKNOWN_SOFTWARE, type ClientSoftware } from '../client-software.ts';
import { ConnectionTraffic } from '../limits/connection-traffic.ts';
import { FramePatience } from '../limits/frame-patience.ts';
import type { Log } from '../log.ts';
import { Login, type ClientSession } from '../login/login.ts';
import type { ServiceAccount } from '../login/tokens.ts';
import type { NodeContext } from '../node-context.ts';
import { transactionalIdOf } from '../transactions/transaction-answers.ts';
import { admitWrite } from './admit-write.ts';
import { awaitOwedWrites } from './await-owed-writes.ts';
import { complain } from './complain.ts';
import { Detours } from './detours.ts';
import { ExchangeQueue, type Exchange } from './exchange-queue.ts';
import { forwardFetched, withholdFetched } from './forward-fetched.ts';
import { inClientsWords, prepareRequest, type PreparedRequest } from './prepare-request.ts';
import { ProduceForwarder, type ProducingClient } from './produce-forwarder.ts';

/** What a client asks about its connection, logged in or not. */
const OF_CONNECTIONS: ReadonlySet<number> = new Set([API.apiVersions, API.saslHandshake, API.saslAuthenticate]);

/** A request on its way to a broker. */
interface Sending {
  readonly session: ClientSession;
  readonly api: ApiDefinition;
  readonly head: RequestHead;
  readonly isWrite: boolean;
  /** That was active when its client's words were read. */
  readonly generation: number;
  readonly prepared: Extract<PreparedRequest, { kind: 'forward' }>;
  /** It is in the queue, and ends as an exchange does. */
  isPushed: boolean;
}

/**
 * One client, and its broker connection behind it (two where a coordinator is another broker, see BackendRoutes).
 *
 *   client ──► head ──► (held while paused) ──► rewrite ──► backend
 *   client ◄── in request order ◄── rewrite ◄── backend
 *
 * The client's socket stays open when the cluster behind it changes (hazard 00.2): only the backend is replaced, by `moveBackend`.
 */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #nodeId: number;
  readonly #node: NodeContext;
  readonly #log: Log;
  readonly #source: ByteSource;
  readonly #sink: ByteSink;
  readonly #queue: ExchangeQueue;
  readonly #over = new AbortController();
  readonly #login: Login;
  readonly #traffic = new ConnectionTraffic(this.#over.signal);
  readonly #patience: FramePatience;
  readonly #writer: ProducingClient;
  readonly #produces: ProduceForwarder;
  #software = UNKNOWN_SOFTWARE;
  readonly #routes: BackendRoutes;
  readonly #detours: Detours;

  constructor(socket: Socket, nodeId: number, node: NodeContext, log: Log) {
    this.#socket = socket;
    this.#nodeId = nodeId;
    this.#node = node;
    this.#log = log;
    this.#login = new Login(node, socket.remoteAddress ?? '');
    this.#routes = new BackendRoutes(node, nodeId, { nextAnswer: (route) => this.#nextAnswer(route), lost: (route, reason) => this.#lost(route, reason), isOwed: (route) => this.#isOwed(route), flush: () => this.#flush(), over: this.#over.signal });
    this.#detours = new Detours(node, nodeId, this.#routes, this.#over.signal, { mayAskNow: (exchange, via) => !(via === undefined && this.#produces.isMidWrite) && !this.#queue.isOwedAfter(exchange, via), failed: (reason) => this.#fail(reason) });
    this.#patience = new FramePatience(node.limits);
    this.#sink = new ByteSink(socket, (bytes) => this.#traffic.untaken(bytes));
    this.#source = new ByteSource(socket, () => this.#flush());
    this.#queue = new ExchangeQueue((frame) => void this.#sink.write(frame), ({ apiKey, charge, produced }, milliseconds) => {
      produced?.delivered();
      node.metrics.answered(apiKey, milliseconds);
      if (charge !== undefined) this.#traffic.answered(charge);
    }, (change) => this.#traffic.kept(change));
    this.#writer = { node, nodeId, source: this.#source, routes: this.#routes, queue: this.#queue, traffic: this.#traffic, over: this.#over.signal, flush: () => this.#flush(), answerLocally: (head, frame) => this.#answerLocally(head, frame) };
    this.#produces = new ProduceForwarder(this.#writer);
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('close', () => this.#over.abort());
  }

  get account(): ServiceAccount | undefined {
    return this.#login.session?.account;
  }

  /** Serves until the client or the node ends it. Never rejects: what goes wrong here ends this connection only. */
  async serve(): Promise<void> {
    const reason = await new Promise<unknown>((resolve) => {
      this.#source.readFrames({ next: () => this.#nextRequest(), done: () => this.#requestDone(), ended: resolve });
    });
    if (!(reason instanceof StreamEnded) || reason.unreadBytes > 0) this.#complain(reason);
    await this.#end();
  }

  get software(): ClientSoftware {
    return this.#software;
  }

  /** The broker behind it; undefined while it needs none. */
  get backend(): number | undefined {
    return this.#routes.main === undefined ? undefined : this.#nodeId;
  }

  /** Bytes from and to the client so far. */
  get clientBytes(): { readonly received: number; readonly sent: number } {
    return { received: this.#socket.bytesRead, sent: this.#socket.bytesWritten };
  }

  /** Ends the connection at once, as a broker that goes away would. */
  destroy(): void {
    this.#socket.destroy();
    this.#routes.destroy();
  }

  /** For a drain: asks for a sign that what was written with acks=0 has arrived. */
  settleUnacknowledged(): void {
    this.#produces.settleUnacknowledged();
  }

  /** One look, `elapsedMs` after the one before: whoever keeps the other side waiting for the rest of a frame is not waited for for ever. */
  endIfSlow(elapsedMs: number): void {
    const why = this.#patience.look(elapsedMs, this.#source, 'client', this.#login.session !== undefined) ?? this.#routes.look(elapsedMs);
    if (why === undefined) return;
    this.#complain(new GwctlError('UNAVAILABLE', why));
    this.destroy();
  }

  /** For a cluster that does not answer: what it has not answered by now was not written, as far as the client hears, and is sent again. */
  async cutOff(): Promise<void> {
    if (this.#produces.isMidWrite || !(await this.#routes.leave(0))) return this.destroy();
    for (const exchange of this.#queue.owed().filter(({ isWrite }) => isWrite)) {
      exchange.via = undefined;
      const answer = exchange.by === 'internal' ? Buffer.alloc(0) : (answerCut(exchange) ?? answerMoved(exchange, this.#login.session?.around));
      if (answer === undefined) return this.destroy();
      this.#finishWrite(exchange, answer);
    }
    this.#sink.flush();
  }

  /** For a drain that takes too long: a write that a stalled client has sent only half of was not made, and never will be. */
  abortHalfWrite(): void {
    if (this.#produces.isMidWrite) this.destroy();
  }

  /**
   * The flip, for this connection: the backend is destroyed, what waited there is answered here (long polls) or asked again of the new
   * cluster (everything else that reads). An answer that is half-way to the client is let through first.
   */
  async moveBackend(frameMs: number): Promise<void> {
    if (!(await this.#routes.leave(frameMs))) this.#socket.destroy();
    const again: Buffer[] = [];
    for (const exchange of this.#queue.owed()) {
      exchange.via = undefined;
      const moved = exchange.by === 'internal' ? Buffer.alloc(0) : answerMoved(exchange, this.#login.session?.around);
      if (moved !== undefined) this.#finishWrite(exchange, moved);
      else if (exchange.frame !== undefined && !exchange.isWrite) again.push(exchange.frame);
      else this.destroy();
    }
    this.#sink.flush();
    if (this.#socket.destroyed) return;
    await this.#routes.resume(again).catch((reason: unknown) => this.#fail(reason));
  }

  #nextRequest(): Soon<void> {
    if (this.#queue.length >= this.#node.limits.maxInFlight || this.#traffic.isMuted) return this.#mayRead().then(() => this.#readRequest());
    return this.#readRequest();
  }

  async #mayRead(): Promise<void> {
    this.#flush();
    await this.#queue.room(this.#node.limits.maxInFlight);
    await this.#traffic.unmuted();
  }

  #requestDone(): void {
    this.#traffic.answered(this.#traffic.claim()); // of one that nobody answers (acks=0)
    this.#patience.idle();
  }

  #readRequest(): Soon<void> {
    const { maxUnauthenticatedBytes, maxFrameBytes } = this.#node.limits;
    return after(readFrameSize(this.#source, this.#login.session === undefined ? maxUnauthenticatedBytes : maxFrameBytes), (size) => {
      this.#patience.began(size);
      if (this.#login.expectsBareMessage) return this.#logIn(size);
      return after(readHead(this.#source, size), (head) => this.#handle(head, size));
    });
  }

  #handle(head: RequestHead, size: number): Soon<void> {
    const { maxUnauthenticatedBytes } = this.#node.limits;
    // Taken whole, and counted for nobody.
    if (OF_CONNECTIONS.has(head.apiKey) && size > maxUnauthenticatedBytes) throw new GwctlError('PROTOCOL', `request ${head.apiKey} of ${size} bytes (allowed: ${maxUnauthenticatedBytes})`);
    if (head.apiKey === API.apiVersions) return after(this.#source.take(size), (frame) => this.#greet(head, frame));
    const { rule, api } = servedApi(head, this.#node.apis);
    if (head.apiKey === API.saslHandshake || head.apiKey === API.saslAuthenticate) return this.#logIn(size, head);
    const session = this.#login.session;
    if (this.#software === UNKNOWN_SOFTWARE) this.#software = this.#node.software.of(this.#socket.remoteAddress, head.clientId);
    if (session === undefined) throw new GwctlError('PROTOCOL', `${api.name} before authentication`);
    const room = this.#traffic.charge(head.apiKey, size);
    if (room !== undefined) this.#flush();
    return after(room, () => (head.apiKey === API.produce ? this.#produces.forward(session, this.#software, head, size) : this.#forward(session, api, head, size, rule.effect === 'write')));
  }

  #greet(head: RequestHead, frame: Buffer): void {
    this.#software = readClientSoftware(head, frame);
    this.#node.software.see(this.#socket.remoteAddress, head.clientId, this.#software);
    this.#answerLocally(head, answerApiVersions(head.correlationId, head.apiVersion, this.#node.apis));
  }

  /** Without a head: a bare message. */
  async #logIn(size: number, head?: RequestHead): Promise<void> {
    const frame = await this.#source.take(size);
    const { answer, refusal } = head === undefined ? await this.#login.handleBare(frame) : await this.#login.handle(head, frame);
    if (head !== undefined) this.#answerLocally(head, answer);
    else if (refusal === undefined) await this.#sink.write(answer);
    this.#sink.flush();
    if (refusal !== undefined) throw new GwctlError('PROTOCOL', `authentication failed: ${refusal}`);
    if (this.#login.usage !== undefined) this.#traffic.join(this.#login.usage);
  }

  #forward(session: ClientSession, api: ApiDefinition, head: RequestHead, size: number, isWrite: boolean): Soon<void> {
    const { maxDecodedBytes } = this.#node.limits;
    if (size > maxDecodedBytes) throw new GwctlError('PROTOCOL', `${api.name} request of ${size} bytes (allowed: ${maxDecodedBytes})`);
    return after(this.#source.take(size), (frame) => {
      const { generation } = this.#node;
      return after(prepareRequest(api, head, frame, session.around, this.#software, this.#node, this.#over.signal, () => this.#flush()), (prepared) => {
        if (prepared.kind === 'answer') return this.#answerInFull(api, head, prepared.body);
        const sending: Sending = { session, api, head, isWrite, generation, prepared, isPushed: false };
        return isWrite ? this.#sendWrite(sending) : this.#send(sending);
      });
    });
  }

  async #sendWrite(sending: Sending): Promise<void> {
    const { api, head, prepared } = sending;
    if ((await admitWrite(this.#writer, transactionalIdOf(head.apiKey, prepared.request))) === 'expired') throw new GwctlError('UNAVAILABLE', `${api.name} was held for a switch for too long`);
    try {
      await this.#send(sending);
    } finally {
      if (!sending.isPushed) this.#node.inFlight.end();
    }
  }

  #send(sending: Sending): Soon<void> {
    const { session, api, head, prepared: { request, brokerVersion, complete } } = sending;
    return after(this.#node.transactions.before(head.apiKey, request, this.#software), (settled) => {
      if (settled !== undefined) return this.#answerInFull(api, head, inClientsWords(api, head, complete, settled, session.around));
      const frame = encodeRequestFrame(head.apiKey, brokerVersion, head.correlationId, head.clientId, encodeMessage(api.request, brokerVersion, request));
      return this.#routes.through(coordinatorKeyOf(head.apiKey, request), (route) => this.#push(sending, frame, route));
    });
  }

  #push(sending: Sending, frame: Buffer, route: Route): Soon<void> {
    const { session, api, head, isWrite, generation, prepared: { request, complete } } = sending;
    // It has the topic ids of the cluster that was left meanwhile.
    if (api.key === API.consumerGroupHeartbeat && generation !== this.#node.generation) return this.#answerLocally(head, answerHeartbeatMoved(head.correlationId, head.apiVersion));
    const exchange: Exchange = { correlationId: head.correlationId, apiKey: head.apiKey, apiVersion: head.apiVersion, by: 'backend', via: route.via === this.#nodeId ? undefined : route.via, frame, request, complete, isWrite, charge: this.#traffic.claim() };
    // A follower serves fetches, too (KIP-392): the client would stay with its old leader, and be out of range when that is back and behind.
    const moved = route.isStandIn && api.key === API.fetch ? answerMoved(exchange, session.around) : undefined;
    if (moved !== undefined) return this.#answerLocally(head, moved, exchange.charge);
    this.#queue.push(exchange);
    sending.isPushed = true;
    return route.link.write(frame);
  }

  #answerInFull(api: ApiDefinition, head: RequestHead, body: Record<string, unknown>): void {
    const charge = this.#traffic.claim();
    this.#answerLocally(head, answerInFull(api, head, body, charge), charge);
  }

  #answerLocally(head: RequestHead, frame: Buffer, charge = this.#traffic.claim()): void {
    const exchange: Exchange = { correlationId: head.correlationId, apiKey: head.apiKey, apiVersion: head.apiVersion, by: 'local', isWrite: false, charge };
    this.#queue.push(exchange);
    this.#queue.answer(exchange, frame);
    this.#sink.flush();
  }

  #isOwed({ via }: Route): boolean {
    return this.#queue.oldestOwed(via === this.#nodeId ? undefined : via) !== undefined;
  }

  #lost(route: Route, reason: unknown): void {
    // A broker closes idle connections; the client need not know. With answers owed it must: it will connect again, as to a broker.
    if (!this.#isOwed(route) && !(route.via === this.#nodeId && this.#produces.isMidWrite)) return;
    if (!(reason instanceof StreamEnded)) this.#complain(reason);
    this.destroy();
  }

  #nextAnswer(route: Route): Soon<void> {
    const { via, link } = route;
    return after(readFrameSize(link.source, this.#node.limits.maxFrameBytes), (size) => {
      link.began(size);
      const exchange = this.#queue.oldestOwed(via === this.#nodeId ? undefined : via);
      if (exchange === undefined) throw new GwctlError('PROTOCOL', 'the broker answered a request that nobody made');
      const session = this.#login.session;
      const api = APIS.get(exchange.apiKey);
      if (session === undefined || api === undefined) throw new GwctlError('INTERNAL', 'an answer for a connection without a session');
      if (exchange.apiKey === API.fetch) return (this.#node.groups.isClosed ? withholdFetched : forwardFetched)(exchange, { api, source: link.source, size, names: session.around.names, queue: this.#queue, sink: this.#sink });
      return after(link.source.take(size), (frame) => this.#answer(session, api, exchange, route, frame));
    });
  }

  #answer(session: ClientSession, api: ApiDefinition, exchange: Exchange, { via, link }: Route, frame: Buffer): Soon<void> {
    const brokerVersion = brokerVersionOf(exchange.apiKey, exchange.apiVersion);
    const { correlationId, bodyStart } = readResponseHeader(exchange.apiKey, brokerVersion, frame);
    if (correlationId !== exchange.correlationId) throw new GwctlError('PROTOCOL', `${api.name}: the broker answered request ${correlationId}, expected ${exchange.correlationId}`);
    if (exchange.by === 'internal') return this.#finishWrite(exchange, Buffer.alloc(0));
    const plain = answerPlainly(exchange, frame, session.around.names);
    if (plain !== undefined) return this.#deliver(exchange, plain, link);
    const body = decodeMessage(api.response, brokerVersion, frame, bodyStart);
    exchange.produced?.answered(body);
    const deliver = (): Soon<void> => after(translateAnswer(api, exchange, body, session, this.#node, this.#software), (answer) => this.#deliver(exchange, answer, link));
    if (!isNotCoordinator(exchange.apiKey, body) || !this.#detours.send(exchange, via, deliver)) return deliver();
  }

  #deliver(exchange: Exchange, answer: Buffer, { source }: BackendLink): void {
    this.#finishWrite(exchange, answer);
    // Acknowledgements that were read together leave together: a write for each costs more than all else (bench 02).
    if (exchange.apiKey !== API.produce || source.buffered === 0) this.#sink.flush();
  }

  #finishWrite(exchange: Exchange, answer: Buffer): void {
    // An answer that comes late, to one that was given up meanwhile, ends no write again.
    if (this.#queue.answer(exchange, answer) && exchange.isWrite) this.#node.inFlight.end();
  }

  #flush(): void {
    this.#sink.flush();
    this.#routes.flush();
  }

  async #end(): Promise<void> {
    this.#traffic.end();
    this.#flush();
    for (let owed = await awaitOwedWrites(this.#queue, this.#routes, this.#node.limits.lingerMs); owed > 0; owed--) this.#node.inFlight.end();
    this.#queue.close();
    this.#sink.flush();
    this.#socket.destroySoon();
    this.#routes.destroy();
  }

  #fail(reason: unknown): void {
    this.#complain(reason);
    this.destroy();
  }

  #complain(reason: unknown): void {
    complain(reason, this.#socket, this.account?.virtualCluster, this.#node.metrics, this.#log);
  }
}
