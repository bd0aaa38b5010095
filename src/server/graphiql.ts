import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { sampleTabs } from './samples/samples.ts';

/** How subscriptions travel in GraphiQL. */
export type GraphiqlTransport = 'sse' | 'websocket';

/** The page for developers. */
export interface Graphiql {
  /** Answers a GET with the page, compressed, or with 304 when the browser has it. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

type Encoding = 'br' | 'gzip' | 'identity';

interface Page {
  readonly etag: string;
  readonly html: Buffer;
}

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** A strip at the bottom that tells how subscriptions travel, with the link to the other way. */
function transportHint(transport: GraphiqlTransport): string {
  const [now, other, address] =
    transport === 'sse' ? ['server-sent events', 'WebSocket', '/graphiql?transport=websocket'] : ['WebSocket', 'server-sent events', '/graphiql'];
  return `<div style="position:fixed;right:16px;bottom:8px;z-index:10;font:12px system-ui,sans-serif;color:#3b4b68;background:#fffc;padding:2px 8px;border-radius:6px">Subscriptions over ${now} · <a href="${address}">use ${other}</a></div>`;
}

async function renderPage(transport: GraphiqlTransport): Promise<Page> {
  // The module holds nine megabytes of script; it is loaded when the page is first asked for.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const text = renderGraphiQL({
    title: 'Colloquy',
    endpoint: '/graphql',
    subscriptionsProtocol: transport === 'sse' ? 'GRAPHQL_SSE' : 'WS',
    credentials: 'same-origin',
    defaultTabs: [...sampleTabs],
    shouldPersistHeaders: true,
  });
  const end = text.lastIndexOf('</body>');
  const html = Buffer.from(`${text.slice(0, end)}${transportHint(transport)}${text.slice(end)}`);
  return { etag: createHash('sha256').update(html).digest('base64url').slice(0, 22), html };
}

async function encode(page: Page, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'identity') return page.html;
  if (encoding === 'gzip') return await compressGzip(page.html);
  // Quality 5 is a third of a second of one core for this page; the highest, half a minute.
  return await compressBrotli(page.html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}

/** Keeps the promise of what `make` makes for a key; one that failed is made again. */
function remember<Key, Value>(make: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const made = new Map<Key, Promise<Value>>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    value.catch(() => made.delete(key));
    return value;
  };
}

function encodingFor(request: IncomingMessage): Encoding {
  const accepted = request.headers['accept-encoding'] ?? '';
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : 'identity';
}

/** GraphiQL without a network: one page that holds everything, made and compressed once, when it is first asked for. */
export function createGraphiql(): Graphiql {
  const pageFor = remember(renderPage);
  const encodeOnce = {
    sse: remember(async (encoding: Encoding) => encode(await pageFor('sse'), encoding)),
    websocket: remember(async (encoding: Encoding) => encode(await pageFor('websocket'), encoding)),
  };
  return {
    async answer(request, response) {
      const search = new URLSearchParams(request.url?.split('?', 2)[1] ?? '');
      const transport: GraphiqlTransport = search.get('transport') === 'websocket' ? 'websocket' : 'sse';
      const encoding = encodingFor(request);
      const etag = `"${(await pageFor(transport)).etag}-${encoding}"`;
      response.setHeader('ETag', etag).setHeader('Cache-Control', 'no-cache').setHeader('Vary', 'Accept, Accept-Encoding').setHeader('X-Frame-Options', 'DENY');
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304).end();
        return;
      }
      const body = await encodeOnce[transport](encoding);
      if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length }).end(body);
    },
  };
}
