import type { ServerResponse } from 'node:http';
import type { Rounds } from '../base/rounds.ts';
import type { EventStreamAnswer } from './exchange.ts';
import { pump } from './pump.ts';

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  // nginx holds back what it proxies unless it is told otherwise.
  'X-Accel-Buffering': 'no',
};

/** Ends a response with one result as an event, for a query that is asked for as server-sent events. */
export function sendEvent(response: ServerResponse, status: number, result: object): void {
  if (!response.destroyed) response.writeHead(status, headers).end(`:\n\nevent: next\ndata: ${JSON.stringify(result)}\n\nevent: complete\ndata:\n\n`);
}

/**
 * Writes a stream of results as server-sent events: `event: next` with a result, then `event: complete`, the distinct connections mode of
 * the GraphQL over SSE protocol (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md), which urql reads too.
 *
 * Results are only taken while the socket takes them, so a slow reader costs what the socket holds. When the client leaves, the stream is
 * left at once.
 *
 * @param pings in which rounds a comment is sent, so that proxies keep an idle stream open
 * @returns when the stream is written, or the client is gone
 */
export async function writeEventStream(response: ServerResponse, answer: EventStreamAnswer, pings: Rounds): Promise<void> {
  const { stream, status } = answer;
  // The client may have left while its operation was prepared; no event would say so any more.
  if (response.destroyed) return stream.leave();
  response.writeHead(status, headers);
  // Some browsers hand out a response only when its first byte has come.
  response.write(':\n\n');
  const stopPings = pings.add(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  });
  await new Promise<void>((resolve) => {
    response.once('close', () => {
      stream.leave();
      resolve();
    });
    const sink = {
      write: (text: string) => response.write(`event: next\ndata: ${text}\n\n`),
      whenDrained: (listener: () => void) => void response.once('drain', listener),
      isGone: () => response.destroyed,
    };
    pump(stream, sink, () => {
      response.end('event: complete\ndata:\n\n');
      resolve();
    });
  });
  stopPings();
}
