// The product with the steady engine for the rows about streams.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createGraphqlClient, type GraphqlClient } from '../../tests/kit/graphql-client.ts';
import { wideLimits } from '../../tests/kit/wide-limits.ts';
import { serve, type Served } from '../process.ts';

const program = fileURLToPath(new URL('../../tests/kit/steady-server.ts', import.meta.url));
const registration = 'mutation { register(input: { email: "bench@example.org", password: "correct horse battery" }) { accessToken } }';
const registered = z.object({ register: z.object({ accessToken: z.string() }) });

/** One person at one address has all streams, so that the limits of a person are wider than they will be reached. Every guard is on. */
const environment: Readonly<Record<string, string>> = {
  ...wideLimits,
  RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000',
  RATE_LIMIT_CHATS_PER_MINUTE: '1000000',
  NODE_ENV: 'production',
  SECRET: 'a secret for the benchmark and nothing else',
  PORT: '0',
  LOG_LEVEL: 'info',
};

/** The product in a process of its own, with somebody who is signed in. */
export interface StreamingProduct {
  readonly served: Served;
  readonly token: string;
  /** Asks as the person who is signed in. */
  readonly client: GraphqlClient;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts it with a database of its own.
 *
 * @param extra variables in addition to those of the benchmark
 */
export async function startStreamingProduct(nodeArguments: readonly string[] = [], extra: Readonly<Record<string, string>> = {}): Promise<StreamingProduct> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const served = await serve(program, { ...environment, ...extra, DATA_FOLDER: folder }, nodeArguments);
  started.defer(() => served.stop());
  const { register } = registered.parse(await createGraphqlClient(served.url).request(registration));
  const kept = started.move();
  return {
    served,
    token: register.accessToken,
    client: createGraphqlClient(served.url, { token: register.accessToken }),
    stop: () => kept.disposeAsync(),
  };
}
