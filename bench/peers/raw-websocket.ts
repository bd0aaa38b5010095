// The limit for sockets: messages straight from the steady engine, one a token, and nothing else. Prints its address as a line of JSON.
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { createSteadyEngine } from '../../tests/kit/steady-engine.ts';
import { requestOf } from './engine-request.ts';

const engine = createSteadyEngine();

async function write(socket: WebSocket, order: string, signal: AbortSignal): Promise<void> {
  for await (const part of engine.stream(requestOf(order), signal)) {
    if (part.type === 'text') socket.send(JSON.stringify({ text: part.text }));
  }
  socket.close();
}

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  socket.on('message', (order) => void write(socket, String(order), gone.signal).catch(() => {}));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` })}\n`);
});
process.once('SIGTERM', () => process.exit(0));
