import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished, pipeline } from 'node:stream/promises';
import type { Download, DownloadContent, Downloads } from '../services/download/downloads.ts';
import { parseRange, type ByteRange } from './byte-range.ts';
import { contentDisposition } from './content-disposition.ts';

/** Where the signed links lead; the token follows. */
export const downloadsPath = '/downloads/';

/** Answers `GET` and `HEAD` of a signed link. What it throws before the first byte becomes an error answer. */
export type DownloadHandler = (request: IncomingMessage, response: ServerResponse, token: string) => Promise<void>;

const chunkBytes = 64 * 1024;

function setHeaders(response: ServerResponse, download: Download): void {
  response
    .setHeader('Content-Type', download.mediaType)
    .setHeader('Content-Disposition', contentDisposition(download.fileName))
    .setHeader('Cache-Control', 'private, no-store')
    // The link is the key: it must not leave with the next request. And a picture that is opened as a page runs nothing.
    .setHeader('Referrer-Policy', 'no-referrer')
    .setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    .setHeader('Accept-Ranges', download.version === null ? 'none' : 'bytes');
  if (download.version !== null) response.setHeader('ETag', `"${download.version}"`);
}

/** The part that is asked for; a part of bytes that have changed since is none (RFC 9110, section 13.1.5). */
function rangeOf(request: IncomingMessage, download: Download, size: number): ByteRange | 'unsatisfiable' | null {
  if (download.version === null) return null;
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== `"${download.version}"`) return null;
  return parseRange(request.headers.range, size);
}

/**
 * The route of downloads: streams what a signed link leads to, whole or in parts, with constant memory and at the pace of the client. What
 * must be made first is made first, so that a failure is an error and never half a file.
 */
export function createDownloadHandler({ downloads }: { readonly downloads: Pick<Downloads, 'find'> }): DownloadHandler {
  async function send(request: IncomingMessage, response: ServerResponse, download: Download, content: DownloadContent, signal: AbortSignal): Promise<void> {
    const { source } = content;
    await using file = source.kind === 'file' ? await open(source.path) : null;
    const size = source.kind === 'file' ? ((await file?.stat())?.size ?? 0) : source.bytes.length;
    signal.throwIfAborted();
    setHeaders(response, download);
    const range = rangeOf(request, download, size);
    if (range === 'unsatisfiable') {
      response.writeHead(416, { 'Content-Range': `bytes */${size}`, 'Content-Length': 0 }).end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    if (range !== null) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
    response.writeHead(range === null ? 200 : 206, { 'Content-Length': end - start + 1 });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    if (source.kind === 'bytes') {
      response.end(source.bytes.subarray(start, end + 1));
      await finished(response);
    } else if (file === null || size === 0) response.end();
    // It stays open for the disposal: the stream may be destroyed before its first read.
    else await pipeline(file.createReadStream({ start, end, autoClose: false, highWaterMark: chunkBytes }), response, { signal });
  }

  return async (request, response, token) => {
    const left = new AbortController();
    response.once('close', () => left.abort());
    const download = await downloads.find(token);
    if (request.method === 'HEAD' && download.version === null) {
      setHeaders(response, download);
      response.writeHead(200).end();
      return;
    }
    try {
      await using content = await download.open(left.signal);
      await send(request, response, download, content, left.signal);
    } catch (error) {
      // The client is gone: there is nobody to tell, and nothing is wrong.
      if (!left.signal.aborted) throw error;
    }
  };
}
