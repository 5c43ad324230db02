import { encodeRequestFrame, isFlexible, type RequestHead } from '../../wire/headers.ts';
import { ProducedBatches } from '../acknowledged/produced-batches.ts';
import { API, brokerVersionOf } from '../api-table.ts';
import type { BackendRoutes } from '../backend/backend-routes.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { FrameReader } from '../bytes/frame-reader.ts';
import { after, ending, type Soon } from '../bytes/soon.ts';
import type { ClientSoftware } from '../client-software.ts';
import type { ConnectionTraffic } from '../limits/connection-traffic.ts';
import type { ClientSession } from '../login/login.ts';
import type { NodeContext } from '../node-context.ts';
import { completeProduced } from '../rewrite/produced-topics.ts';
import type { UnknownTopic } from '../splice/produce-request-by-id.ts';
import { admitWrite } from './admit-write.ts';
import type { ExchangeQueue } from './exchange-queue.ts';
import { judgeProduce, type JudgedProduce } from './judge-produce.ts';
import { refuseProduce } from './refuse-produce.ts';
import { spliceProduce } from './splice-produce.ts';

/** The connection whose Produce requests are forwarded. */
export interface ProducingClient {
  readonly node: NodeContext;
  /** The broker whose port it came to. */
  readonly nodeId: number;
  readonly source: ByteSource;
  readonly routes: BackendRoutes;
  readonly queue: ExchangeQueue;
  readonly traffic: ConnectionTraffic;
  readonly over: AbortSignal;
  flush(): void;
  answerLocally(head: RequestHead, frame: Buffer): void;
}

/**
 * Forwards one client's Produce requests, piece by piece. Where nothing is special about a request all of it happens in the turn of the event loop
 * that brought its bytes: this is the path that all writes take, and a promise or a closure more is seen in bench 02.
 */
export class ProduceForwarder {
  readonly #client: ProducingClient;
  #isMidWrite = false;
  #isUnacknowledged = false;
  #isBarrierWanted = false;

  constructor(client: ProducingClient) {
    this.#client = client;
  }

  /** A frame is partly forwarded. */
  get isMidWrite(): boolean {
    return this.#isMidWrite;
  }

  /**
   * For a drain: an acknowledgement for what was written with acks=0, which has no answer of its own. Brokers handle the requests of one
   * connection in order, so the answer to a request behind it says that it was handled.
   */
  settleUnacknowledged(): void {
    const { node, queue, routes } = this.#client;
    const backend = routes.main;
    if (!this.#isUnacknowledged || backend === undefined) return;
    if (this.#isMidWrite) {
      this.#isBarrierWanted = true;
      return;
    }
    this.#isUnacknowledged = false;
    this.#isBarrierWanted = false;
    node.inFlight.begin();
    queue.push({ correlationId: 0, apiKey: API.apiVersions, apiVersion: 0, by: 'internal', isWrite: true });
    void backend.write(encodeRequestFrame(API.apiVersions, 0, 0, 'gwctl', Buffer.alloc(0)));
    backend.flush();
  }

  /** A request of `size` bytes whose head was looked at and is not read yet. */
  forward(session: ClientSession, software: ClientSoftware, head: RequestHead, size: number): Soon<void> {
    const { node, source } = this.#client;
    const reader = new FrameReader(source, size, isFlexible(head.apiKey, head.apiVersion), 'Produce');
    return after(reader.bytes(head.bodyStart, 'request head'), (header) => {
      header.writeInt16BE(brokerVersionOf(API.produce, head.apiVersion), 2);
      // Before it is looked whose turn it is: a process that was stopped closes the gate.
      node.stalls?.check();
      const isTransactionsTurn = node.transactions.isDisturbed || !node.gate.isOpen;
      return after(isTransactionsTurn ? reader.peekString('transactional id') : null, (named) => {
        const transactionalId = named === null ? null : session.around.names.transactionalIdToPhysical(named);
        return after(admitWrite(this.#client, transactionalId), (verdict) =>
          verdict === 'open' ? this.#forwardAdmitted({ session, software, head, header, reader }, transactionalId) : this.#refuse(head, reader),
        );
      });
    });
  }

  #forwardAdmitted(request: ProduceRequest, transactionalId: string | null): Soon<void> {
    const { node } = this.#client;
    this.#isMidWrite = true;
    const state = { isPushed: false };
    return ending(
      () => after(this.#judge(request, transactionalId), (judged) => this.#forwardJudged(request, judged, state)),
      () => {
        this.#isMidWrite = false;
        // First: between the two a drain would find nothing in flight.
        if (this.#isBarrierWanted) this.settleUnacknowledged();
        if (!state.isPushed) node.inFlight.end();
      },
    );
  }

  #judge({ session, software, head, reader }: ProduceRequest, transactionalId: string | null): Soon<JudgedProduce> {
    const { node, nodeId, source } = this.#client;
    const judge = async (): Promise<JudgedProduce> => await judgeProduce({ node, nodeId, software, around: session.around }, head, await source.take(reader.remaining), reader.flexible, transactionalId);
    if (node.isSettling || transactionalId !== null || session.around.access?.user.can !== undefined) return judge();
    if (node.returned === undefined || node.returned.isEmpty) return { kind: 'forward', body: reader };
    return after(node.returned.mayWrite(reader, head), (isReturned) => (isReturned ? judge() : { kind: 'forward', body: reader }));
  }

  #forwardJudged({ session, head, header }: ProduceRequest, judged: JudgedProduce, state: { isPushed: boolean }): Soon<void> {
    const { node, source, queue, routes, traffic } = this.#client;
    if (judged.kind === 'answer') {
      if (judged.answer.length > 0) this.#client.answerLocally(head, judged.answer);
      return;
    }
    return routes.through(undefined, (route) => {
      // Its client may write to the same broker by another port already, and neither write knows of the other.
      if (route.isStandIn) return this.#refuse(head, judged.body);
      const { link } = route;
      const unknown: UnknownTopic[] = [];
      const produced = new ProducedBatches(node.activeCluster, node.acknowledged);
      const onAcks = (acks: number): void => {
        if (acks === 0) this.#isUnacknowledged = true;
        else queue.push({ correlationId: head.correlationId, apiKey: head.apiKey, apiVersion: head.apiVersion, by: 'backend', complete: completeProduced(unknown, judged.answered), isPlain: () => unknown.length === 0 && judged.answered === undefined, isWrite: true, produced, charge: traffic.claim() });
        state.isPushed = acks !== 0;
      };
      const spliced = spliceProduce(head, judged.body, header, session.around, unknown, onAcks, (piece, lease) => link.write(piece, lease), ({ name, topicId, physical }, partition, batch) => produced.add({ physical, name, topicId, partition, batch }));
      return after(spliced, (answer) => {
        if (answer !== undefined) this.#client.answerLocally(head, answer);
        if (source.buffered === 0) link.flush();
      });
    });
  }

  #refuse(head: RequestHead, body: FrameReader): Promise<void> {
    return refuseProduce(head, body).then((answer) => this.#client.answerLocally(head, answer));
  }
}

interface ProduceRequest {
  readonly session: ClientSession;
  readonly software: ClientSoftware;
  readonly head: RequestHead;
  /** As it goes to the broker. */
  readonly header: Buffer;
  readonly reader: FrameReader;
}
