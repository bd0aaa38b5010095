import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../kit/database.ts';
import { followToTheEnd, readEvents } from '../kit/follower.ts';
import { createLedger, followQuery } from '../kit/ledger.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

/** How many clients drop and return, each in its own rhythm; a hundred with `RETURNS=100`. */
const clients = Number(process.env['RETURNS'] ?? 8);

describe('R02 clients that drop and return with `after`', () => {
  it(`get every event once, in order, and the run goes on (${clients} clients)`, async () => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    await using server = await startServerProcess({ DATABASE_URL: database.connectionString, DATA_FOLDER: folder.path });
    const { token, client } = await registerAt(server.url);
    const ledger = createLedger();
    // Words and thoughts take turns, so that there are as many events however late they come.
    const sent = await ledger.send(client, { text: JSON.stringify({ tokens: 200, tokensPerSecond: 20, isAlternating: true }), key: 'R02' });
    if (!sent.isAcknowledged) throw new Error('the send was refused');
    const { id } = sent;

    /** Reads some events, cuts the connection without a goodbye, and comes back; in the end it reads to the end. */
    const dropAndReturn = async (index: number): Promise<void> => {
      let after = 0;
      for (let round = 1; round <= 4; round += 1) {
        const variables = { id, after };
        const socket = index % 2 === 0 ? await openSocket(server.url, { token }) : null;
        const stream = socket?.subscribe(followQuery, variables) ?? (await subscribeSse(server.url, { query: followQuery, variables, token }));
        for (let count = 1; count <= 1 + ((index + round) % 5); count += 1) {
          const event = await stream.nextEvent();
          if (event.kind !== 'next') throw new Error(`the run ended too early: ${JSON.stringify(event)}`);
          const seen = event.result.data.runEvents;
          expect(seen.seq).toBe(after + 1);
          after = seen.seq;
          ledger.saw(id, seen);
        }
        if (socket === null) stream.close();
        else socket.cut();
      }
      const { events } = await followToTheEnd(id, { transport: index % 2 === 0 ? 'websocket' : 'sse', token, url: async () => server.url, after, ledger });
      expect(events.map((event) => event.seq)).toEqual(events.map((_, position) => after + 1 + position));
      expect(events.at(-1)).toMatchObject({ __typename: 'RunFinished', reason: 'STOP' });
    };
    await Promise.all(Array.from({ length: clients }, (_, index) => dropAndReturn(index)));
    await ledger.verify(client, async (run) => readEvents(server.url, token, run));
  });
});
