import { describe, expect, it } from 'vitest';
import { startTestApp } from '../kit/app.ts';
import { letIn, openRoom } from '../kit/rooms.ts';
import { openPooledDatabase, poolerAbsence } from '../kit/pooler.ts';
import { subscribeSse } from '../kit/sse-client.ts';

const people = 6;
const sendsEach = 10;

describe.skipIf(poolerAbsence !== null)(
  `behind a pooler that hands connections out by the transaction${poolerAbsence === null ? '' : ` (${poolerAbsence})`}`,
  () => {
    it('everything works as without it: people who talk at once, streams, searches', async () => {
      await using database = await openPooledDatabase(4);
      const lines: string[] = [];
      await using app = await startTestApp({ environment: { DATABASE_URL: database.url, DIRECT_DATABASE_URL: database.directUrl } });
      const persons = await Promise.all(Array.from({ length: people }, () => app.person()));
      await Promise.all(
        persons.map(async ({ token, client }) => {
          for (let count = 0; count < sendsEach; count += 1) {
            const { sendMessage } = await client.request('mutation { sendMessage(input: { text: "Hello" }) { run { id } } }');
            const events = await subscribeSse(app.url, {
              query: 'subscription ($id: ID!) { runEvents(runId: $id) { __typename } }',
              variables: { id: sendMessage.run.id },
              token,
            });
            let last: any;
            for (let event: any = await events.nextEvent(); event.kind === 'next'; event = await events.nextEvent()) last = event.result;
            lines.push(last.data?.runEvents.__typename ?? JSON.stringify(last));
          }
        }),
      );
      expect(new Set(lines)).toEqual(new Set(['RunFinished']));
      expect(lines).toHaveLength(people * sendsEach);

      const [ada, bob] = persons;
      if (ada === undefined || bob === undefined) throw new Error('nobody is there');
      const room = await openRoom(ada, 'A room');
      await letIn(ada, room, 'EDITOR', bob);
      const { search, conversations } = await bob.client.request(
        '{ search(query: "hello") { edges { node { __typename } } } conversations(first: 50) { edges { node { title unreadCount lastMessage { text } } } } }',
      );
      expect(search.edges.length).toBeGreaterThan(0);
      expect(conversations.edges).toHaveLength(sendsEach + 1);
    });
  },
);
