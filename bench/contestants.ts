// Who takes part in the rows about requests.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Contestant } from './harness.ts';
import { serve, type Served } from './process.ts';
import { answering } from './requests.ts';

const connections = 20;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3);
const productProgram = fileURLToPath(new URL('product.ts', import.meta.url));
const productGreeting = z.object({ token: z.string() });
const sharedGreeting = z.object({ userId: z.string(), database: z.string() });

/** The product as `bench/product.ts` starts it. @param onServed hears of it, for contestants that share its database */
export function productContestant(query: string, onServed: (served: Served) => void = () => {}): Contestant {
  return {
    name: 'Colloquy',
    role: 'product',
    async start() {
      const served = await serve(productProgram);
      onServed(served);
      const { token } = productGreeting.parse(served.greeting);
      return answering(served, { query, token, connections, seconds });
    },
  };
}

/**
 * A program in `bench/peers`.
 *
 * @param options.owner the product on whose database it works, for whose PostgreSQL the cost is told
 */
export function peerContestant(
  name: string,
  program: string,
  query: string,
  options: { readonly role?: 'limit' | 'peer'; readonly owner?: Promise<Served> } = {},
): Contestant {
  const { role = 'peer', owner } = options;
  return {
    name,
    role,
    async start() {
      const product = await owner;
      const shared = product === undefined ? null : sharedGreeting.parse(product.greeting);
      const environment: Record<string, string> = shared === null ? {} : { DATABASE: shared.database, USER_ID: shared.userId };
      const served = await serve(fileURLToPath(new URL(`peers/${program}`, import.meta.url)), environment);
      return answering(served, { query, token: 'token-of-ada', connections, seconds }, product?.pid);
    },
  };
}
