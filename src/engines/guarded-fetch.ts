import { Agent as HttpAgent, request as requestByHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestByHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { RefusedAddressError, type OutsideAddresses } from './outside-address.ts';

type Fetch = typeof globalThis.fetch;

/** What is taken of answers. */
interface GuardedAnswers {
  /** Of one that is no stream of events; 4 MB by default. */
  readonly maxBytes?: number;
  /** Whether a redirect is given to the caller, without its body, who asks anew and has the new address checked; refused by default. */
  readonly givesRedirects?: boolean;
}

/** Statuses of answers that have no body. */
const bodyless: readonly number[] = [204, 205, 304];

const isRedirect = (status: number): boolean => status >= 300 && status < 400 && status !== 304;

function redirected(url: URL): RefusedAddressError {
  return new RefusedAddressError(
    `"${url.host}" answers with a redirect, which is not followed: a key goes to the address that it was given for, and to no other.`,
  );
}

/** A `fetch` that follows no redirect: the key is in a header, and would go along. */
export function createDirectFetch(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    if (!isRedirect(response.status)) return response;
    await response.body?.cancel();
    throw redirected(new URL(input instanceof Request ? input.url : input));
  };
}

/** Gives `node:net` the addresses that were checked, so that nothing is looked up between the check and the connection. */
function lookupBy(addresses: OutsideAddresses): LookupFunction {
  return (hostname, { all }, callback) => {
    addresses.resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (all === true) callback(null, [...found]);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

/** Whoever connects for longer is given up; Node itself has no such limit. */
function limitConnecting(request: ReturnType<typeof requestByHttp>, timeoutMs: number): void {
  request.on('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => request.destroy(Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: 'ETIMEDOUT' })), timeoutMs);
    socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
  });
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) for (const value of values ?? []) headers.append(name, value);
  return headers;
}

/** The most bytes of a list or an error, which are read whole, and of a stream, which is stored as it comes; an answer of 128,000 tokens has about 40 MB. */
const mostBytes = 4 * 1024 * 1024;
const mostStreamedBytes = 64 * 1024 * 1024;
const streamed = /^(text\/event-stream|application\/(x-ndjson|jsonl))/i;

/** The body of an answer, cut off where it is longer than it may be. */
function bodyOf(incoming: IncomingMessage, wholeBytes: number): ReadableStream<Uint8Array> {
  const most = streamed.test(incoming.headers['content-type'] ?? '') ? Math.max(mostStreamedBytes, wholeBytes) : wholeBytes;
  let bytes = 0;
  const chunks: AsyncIterator<Uint8Array> = incoming[Symbol.asyncIterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next();
      bytes += value?.length ?? 0;
      if (bytes > most) {
        incoming.destroy();
        throw new Error(`the answer is longer than ${most} bytes`);
      }
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void incoming.destroy(),
  });
}

function responseOf(incoming: IncomingMessage, url: URL, { maxBytes = mostBytes, givesRedirects = false }: GuardedAnswers): Response {
  const status = incoming.statusCode ?? 0;
  const encoding = incoming.headers['content-encoding'] ?? 'identity';
  // Nothing compressed was asked for, and a few bytes of it can become gigabytes.
  const isCompressed = encoding !== 'identity';
  if (isRedirect(status) || isCompressed) incoming.destroy();
  if (isRedirect(status) && givesRedirects) return new Response(null, { status, headers: headersOf(incoming) });
  if (isRedirect(status)) throw redirected(url);
  if (isCompressed) throw new Error(`"${url.host}" compresses its answer although it was asked not to`);
  const body = bodyless.includes(status) ? null : bodyOf(incoming, maxBytes);
  if (body === null) incoming.resume();
  return new Response(body, { status, headers: headersOf(incoming) });
}

/**
 * A `fetch` for addresses that people give. It connects to public addresses alone, over TLS, and to the very address that was checked: a name
 * that leads elsewhere the next time (DNS rebinding) gains nothing. No redirect is followed.
 *
 * @param options.addresses the rules
 * @param options.connectTimeoutMs how long a connection may take to open
 * @param options.maxBytes of an answer that is no stream of events; 4 MiB by default
 * @returns a function that throws `RefusedAddressError`, or what `node:https` throws; the body of a request is sent whole
 */
export function createGuardedFetch(options: GuardedAnswers & { readonly addresses: OutsideAddresses; readonly connectTimeoutMs: number }): Fetch {
  const { addresses, connectTimeoutMs } = options;
  const lookup = lookupBy(addresses);
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    // What is written as an address is never looked up, so it is checked here.
    const problem = addresses.problemOf(url);
    if (problem !== null) throw new RefusedAddressError(problem);
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    const headers = {
      ...Object.fromEntries(request.headers),
      'accept-encoding': 'identity',
      ...(body === null ? {} : { 'content-length': String(body.length) }),
    };
    const send: RequestOptions = { method: request.method, headers, lookup, signal: request.signal };
    const outgoing = url.protocol === 'https:' ? requestByHttps(url, { ...send, agent: agents.https }) : requestByHttp(url, { ...send, agent: agents.http });
    limitConnecting(outgoing, connectTimeoutMs);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    outgoing.once('response', resolve).on('error', reject);
    outgoing.end(body ?? undefined);
    return responseOf(await promise, url, options);
  };
}
