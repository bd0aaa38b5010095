import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { EventStreamAnswer } from './exchange.ts';

/** How server-sent events are written. */
export interface EventStreamOptions {
  /** How often a comment is sent, so that proxies keep an idle stream open. */
  readonly pingIntervalMs: number;
}

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

/** Waits until the socket takes more, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  try {
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  } finally {
    controller.abort();
  }
}

/**
 * Writes a stream of results as server-sent events: `event: next` with a result, then `event: complete`, the distinct connections mode of
 * the GraphQL over SSE protocol (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md), which urql reads too.
 *
 * The next result is only asked for when the socket has taken the last one, so a slow reader costs one result of memory. When the client
 * leaves, the stream's `return()` is called at once.
 *
 * @returns when the stream is written, or the client is gone
 */
export async function writeEventStream(response: ServerResponse, answer: EventStreamAnswer, options: EventStreamOptions): Promise<void> {
  const { stream, status } = answer;
  const onClose = (): void => void stream.return(undefined);
  response.once('close', onClose);
  response.writeHead(status, headers);
  // Some browsers hand out a response only when its first byte has come.
  response.write(':\n\n');
  const ping = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, options.pingIntervalMs);
  try {
    for await (const result of stream) {
      if (response.destroyed) return;
      if (!response.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`)) await drained(response);
    }
    response.end('event: complete\ndata:\n\n');
  } finally {
    clearInterval(ping);
    response.off('close', onClose);
  }
}
