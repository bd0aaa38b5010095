// Who takes part in the rows about requests.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Contestant } from './harness.ts';
import { serve } from './process.ts';
import { answering } from './requests.ts';

const connections = 20;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3);
const productProgram = fileURLToPath(new URL('product.ts', import.meta.url));
const productGreeting = z.object({ token: z.string() });

/** The product as `bench/product.ts` starts it. */
export function productContestant(query: string): Contestant {
  return {
    name: 'Colloquy',
    role: 'product',
    async start() {
      const served = await serve(productProgram);
      const { token } = productGreeting.parse(served.greeting);
      return answering(served, { query, token, connections, seconds });
    },
  };
}

/** A program in `bench/peers`. */
export function peerContestant(name: string, program: string, query: string, role: 'limit' | 'peer' = 'peer'): Contestant {
  return {
    name,
    role,
    async start() {
      const served = await serve(fileURLToPath(new URL(`peers/${program}`, import.meta.url)));
      return answering(served, { query, token: 'token-of-ada', connections, seconds });
    },
  };
}
