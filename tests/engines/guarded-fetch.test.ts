import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createDirectFetch, createGuardedFetch } from '../../src/engines/guarded-fetch.ts';
import { createOpenAiEngine } from '../../src/engines/openai.ts';
import { createOutsideAddresses, type HostLookup } from '../../src/engines/outside-address.ts';
import { giveUpMs } from '../kit/patience.ts';
import { patientTimers, read, secretKey } from './providers.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Listens on a free port of loopback. */
async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** A server on loopback, with what it was asked. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const requests: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const body = await text(request);
      requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      handle(request, response);
    };
    // A client that leaves before it has said everything gets no answer.
    answer().catch(() => response.destroy());
  });
  const port = await listen(server);
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${port}`, port, requests };
}

const guarded = (allowedPrivateHosts: readonly string[], lookup?: HostLookup) =>
  createGuardedFetch({
    addresses: createOutsideAddresses({ allowedPrivateHosts, timeoutMs: giveUpMs, ...(lookup === undefined ? {} : { lookup }) }),
    connectTimeoutMs: giveUpMs,
  });

describe('the fetch for addresses that people give', () => {
  it('sends what it is given and streams what comes', async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(201, { 'content-type': 'text/event-stream', 'set-cookie': ['a=1', 'b=2'] });
      response.write('data: one\n\n');
      response.end('data: two\n\n');
    });
    const response = await guarded(['127.0.0.1'])(`${url}/v1/chat?x=1`, { method: 'POST', headers: { authorization: 'Bearer key' }, body: '{"größe":1}' });
    expect([response.status, response.headers.get('content-type'), response.headers.getSetCookie()]).toEqual([201, 'text/event-stream', ['a=1', 'b=2']]);
    expect(await response.text()).toBe('data: one\n\ndata: two\n\n');
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/chat?x=1',
      body: '{"größe":1}',
      headers: { authorization: 'Bearer key', 'accept-encoding': 'identity' },
    });
  });

  it('closes the request at once when it is aborted, before the answer and in it', async () => {
    const closed: string[] = [];
    const waiting = Promise.withResolvers<void>();
    const { url } = await serve((request, response) => {
      response.once('close', () => closed.push(request.url ?? ''));
      if (request.url === '/silent') waiting.resolve();
      else response.write('first');
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const silent = guarded(['127.0.0.1'])(`${url}/silent`, { signal: first.signal });
    await waiting.promise;
    first.abort();
    await expect(silent).rejects.toThrow(/abort/);
    const reader = (await guarded(['127.0.0.1'])(`${url}/begun`, { signal: second.signal })).body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    second.abort();
    await expect(reader?.read()).rejects.toThrow();
    await expect.poll(() => closed).toEqual(['/silent', '/begun']);
  });

  it('lets the server go when the reader of an answer leaves', async () => {
    const closed = Promise.withResolvers<void>();
    const { url } = await serve((_request, response) => {
      response.once('close', closed.resolve).write('first');
    });
    const response = await guarded(['127.0.0.1'])(url);
    await response.body?.cancel();
    await expect(closed.promise).resolves.toBeUndefined();
  });

  it('fails where the answer breaks off, instead of ending it', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
    });
    await expect((await guarded(['127.0.0.1'])(url)).text()).rejects.toThrow();
  });

  it('S01 connects to nothing that is not public', async () => {
    const { port, requests } = await serve((_request, response) => response.end('secret'));
    for (const host of ['127.0.0.1', 'localhost', 'localhost.', '2130706433', '[::ffff:127.0.0.1]']) {
      await expect(guarded([], () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]))(`https://${host}:${port}/`)).rejects.toThrow(
        /is not an address of the internet/,
      );
    }
    expect(requests).toEqual([]);
  });

  it('S02 connects to the address that was checked, although the name leads elsewhere the next time', async () => {
    const hello = Promise.withResolvers<Buffer>();
    const server = createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (data) => {
          hello.resolve(Buffer.from(data));
          socket.destroy();
        });
    });
    const port = await listen(server);
    closers.push(() => new Promise((resolve) => server.close(() => resolve())));
    const asked: string[] = [];
    // The first answer is the one that is good here; every other one would be the attack.
    const lookup: HostLookup = (host) => Promise.resolve([{ address: asked.push(host) === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    const fetch = guarded(['127.0.0.0/8'], lookup);
    await expect(fetch(`https://rebind.example:${port}/`)).rejects.toThrow();
    expect(asked).toEqual(['rebind.example']);
    // TLS, for this name.
    const data = await hello.promise;
    expect([data[0], data.includes('rebind.example')]).toEqual([22, true]);
    await expect(fetch(`https://rebind.example:${port}/`)).rejects.toThrow(/^"rebind\.example" is not an address of the internet, or does not lead to one/);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['of ours', (): typeof globalThis.fetch => guarded(['127.0.0.1'])],
    ['of Node, for providers’ own addresses', (): typeof globalThis.fetch => createDirectFetch(globalThis.fetch)],
  ])('S03 follows no redirect, and takes the key nowhere else: the fetch %s', async (_name, create) => {
    const elsewhere = await serve((_request, response) => response.end('caught'));
    const { url, requests } = await serve((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { location: `${elsewhere.url}/latest/meta-data/` }).end();
    });
    for (const status of [301, 302, 303, 307, 308]) {
      await expect(create()(`${url}/${status}`, { method: 'POST', headers: { 'x-api-key': 'key' }, body: '{}' })).rejects.toThrow(
        /answers with a redirect, which is not followed/,
      );
    }
    expect([requests.length, elsewhere.requests]).toEqual([5, []]);
  });

  it('S03 fails as a request that is not made again, which says why', async () => {
    const { url, requests } = await serve((_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end());
    const options = { apiKey: secretKey, baseUrl: `${url}/v1`, timers: patientTimers, name: 'Own' };
    const redirected = await read(createOpenAiEngine({ ...options, fetch: guarded(['127.0.0.1']) }));
    expect(redirected.last).toMatchObject({
      type: 'error',
      failure: { code: 'ENGINE_BAD_REQUEST', isRetryable: false, message: expect.stringContaining('answers with a redirect') },
    });
    expect(requests).toHaveLength(1);
    const inwards = await read(createOpenAiEngine({ ...options, fetch: guarded([]) }));
    expect(inwards.last).toMatchObject({ failure: { code: 'ENGINE_BAD_REQUEST', message: expect.stringContaining('was not asked for') } });
    expect(requests).toHaveLength(1);
  });

  it.each(['application/json', 'text/event-stream'])('S08 cuts off an answer of %s that has no end', async (type) => {
    const closed = Promise.withResolvers<void>();
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': type }).once('close', closed.resolve);
      const piece = Buffer.alloc(1024 * 1024, 'x');
      const send = (): void => void (response.destroyed || response.write(piece, send));
      send();
    });
    let bytes = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of (await guarded(['127.0.0.1'])(url)).body ?? []) bytes += chunk.length;
    };
    await expect(read()).rejects.toThrow(/the answer is longer than \d+ bytes/);
    await closed.promise;
    const megabytes = bytes / 1024 / 1024;
    expect(megabytes).toBeLessThanOrEqual(type === 'application/json' ? 4 : 64);
    expect(megabytes).toBeGreaterThan(type === 'application/json' ? 3 : 63);
  });

  it('S01 refuses an answer that is compressed, of which a few bytes can become gigabytes', async () => {
    const { url } = await serve((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000))));
    await expect(guarded(['127.0.0.1'])(url)).rejects.toThrow(/compresses its answer/);
  });
});
