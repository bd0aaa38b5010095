// The limit: server-sent events straight from the steady engine, one write a token, and nothing else. Prints its address as a line of JSON.
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { createSteadyEngine } from '../../tests/kit/steady-engine.ts';
import { requestOf } from './engine-request.ts';

const engine = createSteadyEngine();

async function write(response: ServerResponse, order: string, signal: AbortSignal): Promise<void> {
  for await (const part of engine.stream(requestOf(order), signal)) {
    if (part.type === 'text' && !response.write(`data: ${JSON.stringify({ text: part.text })}\n\n`)) await once(response, 'drain');
  }
  response.end('event: complete\ndata:\n\n');
}

const server = createServer((request, response) => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' });
  response.write(':\n\n');
  // An empty order opens a stream that stays idle.
  void text(request).then((order) => (order === '' ? undefined : write(response, order, gone.signal).catch(() => {})));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
