import { peerContestant, productContestant } from '../contestants.ts';
import type { Row } from '../harness.ts';
import { requestMetrics } from '../requests.ts';

const query = '{ models(provider: "bench") { name provider model displayName description isDefault hasTools contextWindow } }';
const peerQuery = query.replace('(provider: "bench")', '');

/** A list that is in memory, so that it is all about executing and writing. */
export const listRow: Row = {
  id: 'list',
  title: '50 objects x 8 fields, in memory',
  goal: 'at least .35 of raw node:http',
  metrics: requestMetrics,
  contestants: [
    peerContestant('node:http alone', 'node-http.js', peerQuery, { role: 'limit' }),
    productContestant(query),
    peerContestant('plain Yoga', 'yoga.js', peerQuery),
    peerContestant('Apollo Server', 'apollo.js', peerQuery),
    peerContestant('Mercurius + JIT', 'mercurius.js', peerQuery),
  ],
};
