import type { Row } from '../harness.ts';
import { productContestant, peerContestant } from '../contestants.ts';
import { requestMetrics } from '../requests.ts';

const query = '{ viewer { id displayName } }';

/** A small query of somebody who is signed in. */
export const smallRow: Row = {
  id: 'small',
  title: 'Small authenticated query',
  goal: 'at least .60 of raw node:http',
  metrics: requestMetrics,
  contestants: [
    peerContestant('node:http alone', 'node-http.js', query, { role: 'limit' }),
    productContestant(query),
    peerContestant('plain Yoga', 'yoga.js', query),
    peerContestant('Apollo Server', 'apollo.js', query),
    peerContestant('Mercurius + JIT', 'mercurius.js', query),
  ],
};
