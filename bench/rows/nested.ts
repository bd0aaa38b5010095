import { peerContestant, productContestant } from '../contestants.ts';
import type { Row } from '../harness.ts';
import type { Served } from '../process.ts';
import { requestMetrics } from '../requests.ts';

const query =
  '{ viewer { id displayName } conversations(first: 20) { edges { node { id title messages(first: 20) { edges { node { id role text createdAt } } } } } } }';

/** Somebody's conversations with their messages and what is said in them, from one PostgreSQL for all. */
export function createNestedRow(): Row {
  const { promise: owner, resolve } = Promise.withResolvers<Served>();
  return {
    id: 'nested',
    title: 'viewer > 20 conversations > 20 messages with their text, from PostgreSQL',
    goal: 'at least .60 of two hand-written queries',
    metrics: requestMetrics,
    contestants: [
      productContestant(query, resolve),
      peerContestant('node:http and two queries', 'node-pg.js', query, { role: 'limit', owner }),
      peerContestant('plain Yoga with dataloaders', 'yoga-pg.js', query, { owner }),
    ],
  };
}
