import { delay } from '../../src/base/async.ts';
import type { GraphqlClient } from '../kit/graphql-client.ts';
import type { Ledger, Outcome } from '../kit/ledger.ts';

/** People who write without pause until they are told to stop. */
export interface Load {
  /** What became of the writes so far. */
  outcomes(): readonly Outcome[];
  /** Stops, and gives what became of every write. */
  stop(): Promise<readonly Outcome[]>;
}

/**
 * Starts it: each client sends short messages, makes conversations and renames them, one after the other.
 *
 * @param pauseMs between two writes of one client
 */
export function startLoad(ledger: Ledger, clients: readonly GraphqlClient[], pauseMs: number): Load {
  const outcomes: Outcome[] = [];
  let isStopped = false;
  const write = async (client: GraphqlClient, person: number): Promise<void> => {
    const made: string[] = [];
    for (let index = 1; !isStopped; index += 1) {
      const name = `load ${person}, ${index}`;
      const [latest] = made.slice(-1);
      const writes = [
        async () => ledger.send(client, { text: JSON.stringify({ tokens: 3, tokensPerSecond: 100 }), key: name }),
        async () => ledger.create(client, name),
        async () => (latest === undefined ? ledger.create(client, name) : ledger.rename(client, latest, name)),
      ];
      const outcome = await writes[index % 3]?.();
      if (outcome === undefined) continue;
      outcomes.push(outcome);
      if (outcome.isAcknowledged && index % 3 === 1) made.push(outcome.id);
      await delay(pauseMs);
    }
  };
  const writing = Promise.all(clients.map(write));
  return {
    outcomes: () => outcomes,
    stop: async () => {
      isStopped = true;
      await writing;
      return outcomes;
    },
  };
}

/** The codes of refused writes with how often each came, and the longest wait for a refusal. */
export function refusalsIn(outcomes: readonly Outcome[]): { readonly codes: Readonly<Record<string, number>>; readonly slowestMs: number } {
  const codes: Record<string, number> = {};
  let slowestMs = 0;
  for (const outcome of outcomes) {
    if (outcome.isAcknowledged) continue;
    codes[outcome.code] = (codes[outcome.code] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, outcome.afterMs);
  }
  return { codes, slowestMs };
}
