import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../kit/database.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { startServerProcess, type ServerProcess } from '../kit/server-process.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

/** How often the server is killed: a few times with every test run, fifty times with `KILL_ROUNDS=50`. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 3);

const query = `subscription ($id: ID!, $after: Int!) { runEvents(runId: $id, after: $after) { __typename seq ... on TextDelta { position text } ... on RunFailed { code } } }`;

interface SeenEvent {
  readonly __typename: string;
  readonly seq: number;
  readonly text?: string;
  readonly code?: string;
}

/** Follows a run to its end over any number of servers, as a client that keeps the last `seq` and comes back. */
async function followToTheEnd(
  transport: 'sse' | 'websocket',
  runId: string,
  token: string,
  currentServer: () => Promise<string>,
): Promise<readonly SeenEvent[]> {
  const seen: SeenEvent[] = [];
  const isOver = (): boolean => seen.at(-1)?.__typename === 'RunFinished' || seen.at(-1)?.__typename === 'RunFailed';
  while (!isOver()) {
    const url = await currentServer();
    const variables = { id: runId, after: seen.at(-1)?.seq ?? 0 };
    try {
      const socket = transport === 'websocket' ? await openSocket(url, { token, timeoutMs: 30_000 }) : null;
      const subscription = socket?.subscribe(query, variables) ?? (await subscribeSse(url, { query, variables, token, timeoutMs: 30_000 }));
      for (;;) {
        const event = await subscription.nextEvent();
        if (event.kind !== 'next') break;
        seen.push(event.result.data.runEvents);
      }
      socket?.close();
    } catch {
      // The server went away under this client; it comes back with what it has.
    }
  }
  return seen;
}

describe('kill -9 of the server in mid-stream', () => {
  it(`loses no event and no text, and every run ends (${rounds} rounds)`, { timeout: 60_000 + rounds * 15_000 }, async () => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    const environment = { DATABASE_URL: database.connectionString, DATA_FOLDER: folder.path, RUN_LEASE_MS: '1500' };
    let server: ServerProcess = await startServerProcess(environment);
    let url = Promise.resolve(server.url);
    const nobody = createGraphqlClient(server.url);
    const { register } = await nobody.request(`mutation { register(input: { email: "kill@example.org", password: "correct horse battery" }) { accessToken } }`);
    const token: string = register.accessToken;
    try {
      for (let round = 1; round <= rounds; round += 1) {
        const client = createGraphqlClient(server.url, { token });
        const text = JSON.stringify({ tokens: 60, tokensPerSecond: 100 });
        const runs: string[] = await Promise.all(
          Array.from({ length: 4 }, async () => {
            const { sendMessage } = await client.request(`mutation ($text: String!) { sendMessage(input: { text: $text }) { run { id } } }`, { text });
            return sendMessage.run.id;
          }),
        );
        const following = runs.flatMap((id) => (['sse', 'websocket'] as const).map((transport) => followToTheEnd(transport, id, token, () => url)));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 700));
        const restarted = (async () => {
          await server.kill();
          server = await startServerProcess(environment);
          return server.url;
        })();
        url = restarted;
        const histories = await Promise.all(following);
        const after = createGraphqlClient(await restarted, { token });
        for (const [index, id] of runs.entries()) {
          const { run } = await after.request(`query ($id: ID!) { run(id: $id) { status lastEventSeq message { parts { ... on TextPart { text } } } } }`, {
            id,
          });
          for (const seen of histories.slice(index * 2, index * 2 + 2)) {
            expect(seen.map((event) => event.seq)).toEqual(Array.from({ length: run.lastEventSeq }, (_, position) => position + 1));
            expect(seen.map((event) => event.text ?? '').join('')).toBe(run.message.parts.map((part: { text: string }) => part.text).join(''));
          }
          const last = histories[index * 2]?.at(-1);
          expect(['COMPLETED', 'FAILED']).toContain(run.status);
          if (run.status === 'FAILED') expect(last).toMatchObject({ __typename: 'RunFailed', code: 'INTERRUPTED' });
        }
      }
      expect(await server.stop()).toBe(0);
    } finally {
      await server.kill();
    }
  });
});
