import { NetworkError } from './faults.ts';

/** A request as an SDK would have sent it. */
interface CapturedRequest {
  readonly url: string;
  readonly init: RequestInit;
}

/**
 * Lets an SDK build a request without sending it. Some SDKs hand out parsed chunks alone, which do not tell a stream that was cut off from a
 * whole one, and retry and wait in ways of their own; so the request is theirs, and the sending and reading is ours.
 *
 * @param build calls the SDK, which must use the given `fetch`; what it throws does not matter once it has called that
 * @throws what the SDK throws before it sends anything
 */
async function captureRequest(build: (fetch: typeof globalThis.fetch) => Promise<unknown>): Promise<CapturedRequest> {
  let captured: CapturedRequest | null = null;
  const fetch: typeof globalThis.fetch = (input, init = {}) => {
    captured = { url: input instanceof Request ? input.url : String(input), init };
    return Promise.reject(new Error('the request is sent by somebody else'));
  };
  const failure = await build(fetch).then(
    () => null,
    (error: unknown) => error,
  );
  if (captured === null) throw failure ?? new Error('the SDK sent no request');
  return captured;
}

/** The most that is read of an answer that tells of a failure. */
const longestFailure = 64 * 1024;

/** The beginning of a body, as text. */
export async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body) {
    text += decoder.decode(bytes, { stream: true });
    // Leaving the loop cancels the body.
    if (text.length >= longestFailure) break;
  }
  return text;
}

/**
 * Sends a request that an SDK builds.
 *
 * @param send.build calls the SDK with a `fetch`
 * @param send.failureOf makes an error of an answer without success
 * @throws NetworkError, or what `failureOf` made
 */
export async function sendCaptured(
  send: {
    readonly fetch: typeof globalThis.fetch;
    readonly build: (fetch: typeof globalThis.fetch) => Promise<unknown>;
    readonly failureOf: (response: Response) => Promise<Error>;
  },
  signal: AbortSignal,
): Promise<Response> {
  const { url, init } = await captureRequest(send.build);
  const response = await send.fetch(url, { ...init, signal }).catch((error: unknown) => {
    // What is no failure of the network, such as a header that cannot be sent, comes as an error without a cause.
    throw error instanceof TypeError ? new NetworkError(error) : error;
  });
  if (!response.ok) throw await send.failureOf(response);
  return response;
}
