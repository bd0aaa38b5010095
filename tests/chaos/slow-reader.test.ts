import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from '../kit/database.ts';
import { createGraphqlClient } from '../kit/graphql-client.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { startServerProcess } from '../kit/server-process.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

const query = 'subscription ($id: ID!) { runEvents(runId: $id) { __typename seq } }';
const eventCount = 20_000;

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

async function readToTheEnd(next: () => Promise<{ readonly kind: string; readonly result?: any }>): Promise<readonly number[]> {
  const seqs: number[] = [];
  for (let event = await next(); event.kind === 'next'; event = await next()) seqs.push(event.result.data.runEvents.seq);
  return seqs;
}

describe('R09 a reader that pauses', () => {
  it(`costs no memory over ${eventCount} events, harms no neighbour, and gets everything when it goes on`, async () => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    // A small heap: with a large one the collector is lazy, and what it has not collected yet would look like a leak.
    const environment = {
      DATABASE_URL: database.connectionString,
      DATA_FOLDER: folder.path,
      NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=160',
      // How long they pause is up to the machine.
      SLOW_READER_TIMEOUT_MS: '600000',
    };
    await using server = await startServerProcess(environment);
    const { register } = await createGraphqlClient(server.url).request(
      'mutation { register(input: { email: "slow@example.org", password: "correct horse battery" }) { accessToken } }',
    );
    const token: string = register.accessToken;
    const client = createGraphqlClient(server.url, { token });
    const start = async (tokens: number): Promise<string> => {
      const text = JSON.stringify({ tokens, tokensPerSecond: 5_000, isAlternating: true });
      const { sendMessage } = await client.request('mutation ($text: String!) { sendMessage(input: { text: $text }) { run { id } } }', { text });
      return sendMessage.run.id;
    };
    // A first run of the same size, so that only what the paused readers cost counts.
    const warm = await openSocket(server.url, { token, timeoutMs: 60_000 });
    const warming = warm.subscribe(query, { id: await start(eventCount) });
    await readToTheEnd(() => warming.nextEvent());
    const before = residentMegabytes(server.pid);

    const id = await start(eventCount);
    const pausedSockets = await Promise.all(Array.from({ length: 5 }, () => openSocket(server.url, { token, timeoutMs: 60_000 })));
    const paused = pausedSockets.map((socket) => socket.subscribe(query, { id }));
    for (const socket of pausedSockets) socket.pause();
    const pausedStream = await subscribeSse(server.url, { query, variables: { id }, token, timeoutMs: 60_000 });
    pausedStream.pause();
    const neighbour = warm.subscribe(query, { id });
    const everything = await readToTheEnd(() => neighbour.nextEvent());
    const numbers = Array.from({ length: everything.length }, (_, index) => index + 1);
    expect(everything.length).toBeGreaterThan(eventCount);
    expect(everything).toEqual(numbers);
    expect(residentMegabytes(server.pid) - before).toBeLessThan(60);

    for (const socket of pausedSockets) socket.resume();
    pausedStream.resume();
    for (const subscription of paused) expect(await readToTheEnd(() => subscription.nextEvent())).toEqual(numbers);
    expect(await readToTheEnd(() => pausedStream.nextEvent())).toEqual(numbers);
  });
});
