import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { wideLimits } from './wide-limits.ts';

const program = fileURLToPath(new URL('steady-server.ts', import.meta.url));
/** Has the server end when its standard input does: with the test that started it, however that ends. */
const endsWithParent = '--ends-with-parent';
const greeting = z.object({ url: z.string() });

/** The product in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
  /** Ends it with SIGTERM; gives its exit code. */
  stop(): Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function gone(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/**
 * Starts the product with the steady engine.
 *
 * @param environment its configuration; `PORT` is 0 unless given
 * @param options.maxFileBlocks how large a file it and its children may write, in blocks of 512 bytes; a disk that is full for larger ones
 * @throws Error with what it wrote to standard error, when it ends before it serves
 */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  options: { readonly maxFileBlocks?: number } = {},
): Promise<ServerProcess> {
  const { maxFileBlocks } = options;
  const [command, ...words] =
    maxFileBlocks === undefined
      ? [process.execPath, program, endsWithParent]
      : ['sh', '-c', `ulimit -f ${maxFileBlocks}; exec "$0" "$@"`, process.execPath, program, endsWithParent];
  const child = spawn(command ?? '', words, {
    env: { PORT: '0', BCRYPT_COST: '4', LOG_LEVEL: 'warn', SENTIMENT_METHOD: 'NONE', ...wideLimits, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  lines.on('line', (line) => {
    const parsed = greeting.safeParse(JSON.parse(line));
    if (parsed.success) resolve(parsed.data.url);
    else errors += `${line}\n`;
  });
  child.once('exit', () => reject(new Error(`the server ended before it served:\n${errors}`)));
  const url = await promise;
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone(child);
  };
  return {
    url,
    pid: child.pid ?? 0,
    kill,
    stop: async () => {
      child.kill('SIGTERM');
      return gone(child);
    },
    [Symbol.asyncDispose]: kill,
  };
}
