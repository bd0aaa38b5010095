import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/base/config.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';
import { startServer, type TestServer } from './test-server.ts';

const { gate } = parseConfig({});
const start = (slowReaderTimeoutMs = 400) => startServer({}, { gate: { ...gate, slowReaderTimeoutMs } });
const largeAnswer = encodeURIComponent(`{ ${Array.from({ length: 20 }, (_, index) => `a${index}: big(bytes: 2000000)`).join(' ')} }`);
// All pauses together are longer than the limit, and each is so much shorter that a busy machine makes none of them too long. What is sent
// is far more than the buffers of the system take.
const limitMs = 2_000;
const pauseMs = 200;
const bytesPerPart = 2_000_000;
const endless = 'subscription { bulk(to: 100000, bytes: 100000) }';

/** What a client gets that sends text and then waits; and how long that took. */
function talk(server: TestServer, text: string): Promise<{ readonly answer: string; readonly afterMs: number }> {
  const beganAtMs = performance.now();
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => (answer += String(data)));
    socket.on('error', () => {});
    socket.on('close', () => resolve({ answer, afterMs: performance.now() - beganAtMs }));
  });
}

test.each(['an event stream', 'a WebSocket'])('R09 a client that leaves %s unread is cut, and its source returns', async (kind) => {
  await using server = await start();
  if (kind === 'a WebSocket') {
    const socket = await openSocket(server.url);
    socket.subscribe(endless);
    socket.pause();
  } else {
    const stream = await subscribeSse(server.url, { query: endless });
    await stream.nextEvent();
    stream.pause();
  }
  await expect.poll(() => server.seen.left).toBe(1);
  expect(server.log.some((line) => line.msg === 'a client that reads nothing is cut')).toBe(true);
});

test('a client that leaves an answer unread is cut', async () => {
  await using server = await start();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () =>
    socket.pause().write(`GET /graphql?query=${largeAnswer} HTTP/1.1\r\nHost: x\r\n\r\n`),
  );
  socket.on('error', () => {});
  await expect.poll(() => server.log.some((line) => line.msg === 'a client that reads nothing is cut')).toBe(true);
  socket.destroy();
});

/** All that a client gets which takes a part, and then nothing for a while, so that it needs longer than the limit in all. */
async function readSlowly(server: TestServer, request: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(request));
  let answer = '';
  let pauseAt = bytesPerPart;
  for await (const bytes of socket) {
    answer += String(bytes);
    if (answer.length < pauseAt) continue;
    pauseAt = answer.length + bytesPerPart;
    await setTimeout(pauseMs);
  }
  return answer;
}

test('a client that reads slowly, but reads, gets a whole stream, and an idle stream is left alone', async () => {
  await using server = await start(limitMs);
  const idle = await subscribeSse(server.url, { query: `subscription { count(to: 2, everyMs: ${limitMs * 1.5}) }`, timeoutMs: 30_000 });
  const query = encodeURIComponent('subscription { bulk(to: 400, bytes: 100000) }');
  const answer = await readSlowly(server, `GET /graphql?query=${query} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n`);
  expect(answer.match(/event: next/g)).toHaveLength(400);
  expect(answer).toContain('event: complete');
  expect(await idle.events(3)).toMatchObject([{ kind: 'next' }, { kind: 'next' }, { kind: 'complete' }]);
});

test('a client that reads slowly, but reads, gets a large answer that is written at once', async () => {
  await using server = await start(limitMs);
  const answer = await readSlowly(server, `GET /graphql?query=${largeAnswer} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(answer.length).toBeGreaterThan(40_000_000);
  expect(answer.trimEnd().endsWith('}}')).toBe(true);
});

test('headers above the limit end with 431, a URL too', async () => {
  await using server = await startServer({}, { gate: { ...gate, maxHeaderBytes: 2_048 } });
  for (const text of [
    `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(3_000)}\r\n\r\n`,
    `GET /graphql?query=${'x'.repeat(3_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  ]) {
    expect((await talk(server, text)).answer).toContain('HTTP/1.1 431');
  }
});
