import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Speeches } from '../services/speech/speeches.ts';
import { createDownloadHandler, type DownloadHandler } from './downloads.ts';

/** Where the signed links of speeches lead; the token follows. */
export const speechPath = '/speech/';

/**
 * The route of speech. What is being made is sent as it comes, without a length; what is whole is sent as a download, also in parts.
 */
export function createSpeechHandler({ speeches }: { readonly speeches: Pick<Speeches, 'open'> }): DownloadHandler {
  return async (request: IncomingMessage, response: ServerResponse, token: string) => {
    const left = new AbortController();
    response.once('close', () => left.abort());
    const opened = await speeches.open(token, left.signal);
    if (opened.kind === 'stored') return await createDownloadHandler({ downloads: { find: async () => opened.download } })(request, response, token);
    response
      .setHeader('Content-Type', opened.mediaType)
      .setHeader('Cache-Control', 'private, no-store')
      // The link is the key: it must not leave with the next request.
      .setHeader('Referrer-Policy', 'no-referrer')
      .setHeader('Content-Security-Policy', "default-src 'none'; sandbox")
      .setHeader('Accept-Ranges', 'none');
    if (request.method === 'HEAD') {
      response.writeHead(200).end();
      return;
    }
    try {
      // A failure before the first piece is an error answer, and one in the middle a connection that breaks: half a speech must not look whole.
      const pieces = opened.listen(left.signal);
      const first = await pieces.next();
      response.writeHead(200);
      const all = async function* all(): AsyncGenerator<Uint8Array> {
        if (first.done !== true) yield first.value;
        yield* pieces;
      };
      await pipeline(Readable.from(all(), { objectMode: false }), response, { signal: left.signal });
    } catch (error) {
      if (response.headersSent || left.signal.aborted) response.destroy();
      else throw error;
    }
  };
}
