import { decodeMessage } from '../../wire/codec.ts';
import type { RequestHead } from '../../wire/headers.ts';
import type { ApiDefinition } from '../../wire/schema.ts';
import { MAX_REQUEST_ELEMENTS } from '../bytes/frame-reader.ts';
import { after, type Soon } from '../bytes/soon.ts';
import type { ClientSoftware } from '../client-software.ts';
import { answerDuringDrain } from '../groups/group-answers.ts';
import type { NodeContext } from '../node-context.ts';
import type { Surroundings } from '../rewrite/rewriter.ts';
import { toClient, translateRequest } from '../rewrite/translation.ts';

type Body = Record<string, unknown>;

/** What a request becomes: one for a broker, or an answer of the gateway's own, in the client's words. */
export type PreparedRequest =
  | { readonly kind: 'forward'; readonly request: Body; readonly brokerVersion: number; readonly complete: (answer: Body) => void }
  | { readonly kind: 'answer'; readonly body: Body };

/** Decodes a whole request and translates it. `beforeWait` is called before it is held for a drain of the groups, at most until `over`. */
export function prepareRequest(
  api: ApiDefinition, head: RequestHead, frame: Buffer, around: Surroundings, software: ClientSoftware, { groups }: Pick<NodeContext, 'groups'>, over: AbortSignal, beforeWait: () => void,
): Soon<PreparedRequest> {
  const request = decodeMessage(api.request, head.apiVersion, frame, head.bodyStart, MAX_REQUEST_ELEMENTS);
  return after(translateRequest(api, head.apiVersion, request, around), (outcome) => {
    if (outcome.kind === 'answer') return outcome;
    const { brokerVersion, complete } = outcome;
    return after(answerDuringDrain(head.apiKey, head.apiVersion, request, software, groups, over, beforeWait), (drained) => {
      if (drained === undefined) return { kind: 'forward', request, brokerVersion, complete };
      return { kind: 'answer', body: inClientsWords(api, head, complete, drained, around) };
    });
  });
}

/** An answer that the gateway makes in a broker's words. */
export function inClientsWords(api: ApiDefinition, { apiVersion }: RequestHead, complete: (answer: Body) => void, answer: Body, around: Surroundings): Body {
  toClient(api, { apiVersion, complete }, answer, around);
  return answer;
}
