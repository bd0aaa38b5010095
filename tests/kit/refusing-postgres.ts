import { once } from 'node:events';
import { createServer } from 'node:net';

/** A server that speaks just enough of PostgreSQL's protocol to refuse everybody. */
export interface RefusingPostgres {
  readonly connectionString: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts one on a free port of 127.0.0.1.
 *
 * @param code the SQLSTATE of its refusal
 * @param message what it says
 */
export async function startRefusingPostgres(code: string, message: string): Promise<RefusingPostgres> {
  const fields = `SFATAL\0VFATAL\0C${code}\0M${message}\0\0`;
  const answer = Buffer.alloc(5 + fields.length);
  answer.write('E');
  answer.writeInt32BE(4 + fields.length, 1);
  answer.write(fields, 5);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    // The first message is the start-up packet.
    socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    connectionString: `postgres://nobody@127.0.0.1:${port}/nothing?sslmode=disable`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
