import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LiveRooms } from '../services/live-room/live-rooms.ts';
import { readBody } from './body.ts';

/** Where the server of live rooms tells what happens. */
export const liveWebhookPath = '/live/webhook';

/** Answers one webhook. What it throws becomes an error answer. */
export type LiveWebhookHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A webhook of LiveKit has some kilobytes. */
const mostBodyBytes = 64 * 1024;
const bodyTimeoutMs = 10_000;

/** The route of webhooks. The signature is over the bytes as they came, so they are read as they are. */
export function createLiveWebhookHandler({ liveRooms }: { readonly liveRooms: Pick<LiveRooms, 'receive'> }): LiveWebhookHandler {
  return async (request, response) => {
    const body = await readBody(request, { maxBytes: mostBodyBytes, timeoutMs: bodyTimeoutMs });
    await liveRooms.receive(body.toString('utf8'), request.headers.authorization ?? '');
    response.writeHead(200, { 'Content-Length': 0 }).end();
  };
}
