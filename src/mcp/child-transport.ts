import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** A program and all that it is given. */
export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Speaks with a program over its standard input and output. In place of the transport of the SDK, which hands on variables of this process and
 * waits for seconds before it ends a program that does not want to end: here it sees the given variables alone, and is killed with its children.
 *
 * @param options.maxBytes of one message
 */
export function createChildTransport({ command, args, env }: ChildCommand, options: { readonly maxBytes: number }): Transport {
  const buffer = new ReadBuffer({ maxBufferSize: options.maxBytes });
  let child: ReturnType<typeof start> | null = null;
  // A group of its own, by which everything is killed that it has started.
  const isGroup = process.platform !== 'win32';
  const start = () => spawn(command, [...args], { env: { ...env }, cwd: tmpdir(), stdio: ['pipe', 'pipe', 'ignore'], detached: isGroup });

  const kill = (): void => {
    const pid = child?.pid;
    child = null;
    buffer.clear();
    if (pid === undefined) return;
    try {
      process.kill(isGroup ? -pid : pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };

  const transport: Transport = {
    start: () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      child = start();
      child.once('spawn', resolve).on('error', (error) => {
        reject(error);
        transport.onerror?.(error);
      });
      child.once('close', () => transport.onclose?.());
      child.stdin.on('error', (error) => transport.onerror?.(error));
      child.stdout.on('data', (chunk: Buffer) => {
        try {
          buffer.append(chunk);
          for (let message = buffer.readMessage(); message !== null; message = buffer.readMessage()) transport.onmessage?.(message);
        } catch {
          // Neither a message that is too long nor what is no message can be got over.
          kill();
        }
      });
      return promise;
    },
    send: async (message) => {
      if (child === null) throw new Error('the program has ended');
      child.stdin.write(serializeMessage(message));
    },
    close: async () => {
      kill();
      transport.onclose?.();
    },
  };
  return transport;
}
