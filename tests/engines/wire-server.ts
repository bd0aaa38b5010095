import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createDeferred } from '../../src/base/async.ts';

/** How the server answers one request. */
export type WireReply = (response: ServerResponse, incoming: IncomingMessage) => void;

/** A request as it came over the wire. */
export interface WireRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  /** When its connection was closed, by whomever; milliseconds of `performance.now()`. */
  readonly closed: Promise<number>;
}

/** A provider whose every answer a test writes. */
export interface WireServer {
  readonly url: string;
  readonly requests: readonly WireRequest[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Answers with a status and a body. */
export function status(code: number, body: unknown = '', headers: Readonly<Record<string, string>> = {}): WireReply {
  const isText = typeof body === 'string';
  return (response) =>
    void response.writeHead(code, { 'content-type': isText ? 'text/html' : 'application/json', ...headers }).end(isText ? body : JSON.stringify(body));
}

/** Never answers, not even with headers. */
export const silence: WireReply = () => {};

/** Streams a text, then ends, holds the connection open, or breaks it. */
export function stream(body: string, then: 'end' | 'hold' | 'reset' = 'end', contentType = 'text/event-stream'): WireReply {
  return (response) => {
    response.writeHead(200, { 'content-type': contentType });
    response.write(body, () => {
      if (then === 'end') response.end();
      if (then === 'reset') setImmediate(() => response.socket?.resetAndDestroy());
    });
  };
}

/** Streams a text byte by byte, so that every event and every character is cut somewhere. */
export function trickle(body: string, contentType = 'text/event-stream'): WireReply {
  return (response) => {
    response.writeHead(200, { 'content-type': contentType });
    const bytes = Buffer.from(body);
    const send = (at: number): void => {
      if (at >= bytes.length) response.end();
      else response.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1));
    };
    response.socket?.setNoDelay(true);
    send(0);
  };
}

/** Starts a provider that answers the first request with the first reply, and so on; the last reply serves all that follow. */
export async function startWireServer(...replies: readonly WireReply[]): Promise<WireServer> {
  const requests: WireRequest[] = [];
  const server = createServer((incoming, response) => {
    const answer = async (): Promise<void> => {
      const body = await text(incoming);
      const closed = createDeferred<number>();
      response.once('close', () => closed.resolve(performance.now()));
      requests.push({ path: incoming.url ?? '', headers: incoming.headers, body: body === '' ? null : JSON.parse(body), closed: closed.promise });
      replies[Math.min(requests.length, replies.length) - 1]?.(response, incoming);
    };
    // A client that leaves before it has said everything gets no answer.
    answer().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
