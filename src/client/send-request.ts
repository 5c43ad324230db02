import { isRetriableError } from '../wire/error-codes.ts';
import type { Draft } from '../wire/new-message.ts';
import type { Api } from '../wire/schema.ts';
import { kafkaError, startDeadline, withRetries } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import type { Session, Target } from './session.ts';

export interface SendCallOptions<Res> extends CallOptions {
  /**
   * Says that the request is safe to repeat, and where its error code is: it is sent again after a lost connection and while Kafka calls the code
   * retriable (NOT_COORDINATOR, CONCURRENT_TRANSACTIONS…). Any other code comes back in the answer.
   */
  readonly errorCodeOf?: (answer: Res) => number;
}

/** Any request to any broker. Throws UNAVAILABLE; with `details.errorCode` when a retriable code was still there at the time limit. */
export async function sendRequest<Req, Res>(session: Session, target: Target, api: Api<Req, Res>, draft: Draft<Req>, options: SendCallOptions<Res> = {}): Promise<Res> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const { errorCodeOf } = options;
  if (errorCodeOf === undefined) return session.send(target, api, draft, deadline);
  return withRetries(deadline, async () => {
    const answer = await session.send(target, api, draft, deadline);
    const errorCode = errorCodeOf(answer);
    if (isRetriableError(errorCode)) throw kafkaError(api.name, errorCode);
    return answer;
  }, () => session.forgetLocations());
}
