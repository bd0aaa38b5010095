import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isHijack } from './socket-authentication.ts';
import type { WebSocketSide } from './web-socket.ts';

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/**
 * Answers a connection that asks to become a WebSocket: only on `/graphql`, not for a foreign page with the cookie of its visitor, not while
 * the server stops, not when an address has too many.
 */
export function answerUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  parts: { readonly webSockets: WebSocketSide; readonly allowedOrigins: readonly string[]; readonly isStopping: () => boolean },
): void {
  // Without a listener an error of the socket would end the process.
  socket.on('error', () => socket.destroy());
  if (parts.isStopping()) return refuse(socket, 503);
  if ((request.url ?? '').split('?', 1)[0] !== '/graphql') return refuse(socket, 404);
  if (isHijack(request, parts.allowedOrigins)) return refuse(socket, 403);
  if (!parts.webSockets.accept(request, socket, head)) refuse(socket, 429);
}
