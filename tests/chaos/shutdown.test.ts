import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { childrenOf } from '../kit/child-processes.ts';
import { createTestDatabase } from '../kit/database.ts';
import { eventually } from '../kit/eventually.ts';
import { followQuery } from '../kit/ledger.ts';
import { createTemporaryFolder } from '../kit/leftovers.ts';
import { patienceMs } from '../kit/patience.ts';
import { registerAt } from '../kit/registration.ts';
import { startServerProcess } from '../kit/server-process.ts';
import { subscribeSse } from '../kit/sse-client.ts';
import { openSocket } from '../kit/websocket-client.ts';

const watchQuery = 'subscription ($id: ID!) { conversationEvents(conversationId: $id) { __typename seq } }';

/** DuckDB does not hear an interrupt in it: only SIGKILL ends it before its time. */
const stuck = "SELECT sum(levenshtein(repeat('ab', 20000 + (range % 7)::INT), repeat('ba', 20000))) FROM range(1000)";

function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Reads a stream until nothing more comes; gives how it ended. */
async function lastOf(next: () => Promise<any>): Promise<{ readonly last: any; readonly end: any }> {
  let last: any = null;
  for (;;) {
    const event = await next();
    if (event.kind !== 'next') return { last, end: event };
    last = event.result;
  }
}

describe.skipIf(process.platform !== 'linux')('R06 SIGTERM with 20 event streams, 20 sockets, 2 runs and a stuck query', () => {
  it('tells every client, ends with 0 within 30 s, and leaves no run RUNNING and no process', async () => {
    await using database = await createTestDatabase();
    await using folder = await createTemporaryFolder();
    await using server = await startServerProcess({ DATABASE_URL: database.connectionString, DATA_FOLDER: folder.path, SQL_TIMEOUT_MS: '120000' });
    const { token, client } = await registerAt(server.url);
    const send = async (text: object, conversationId: string | null = null) => {
      const document = `mutation ($text: String!, $conversationId: ID) {
        sendMessage(input: { text: $text, conversationId: $conversationId, model: "steady:one" }) { run { id conversation { id } } }
      }`;
      return (await client.request(document, { text: JSON.stringify(text), conversationId })).sendMessage.run;
    };
    const run = await send({ tokens: 100_000, tokensPerSecond: 20 });
    const uploaded = await fetch(`${server.url}/uploads?name=one.csv`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: 'a\n1\n' });
    const { files } = await uploaded.json();
    const { createSession } = await client.request('mutation ($ids: [ID!]!) { createSession(input: { fileIds: $ids }) { session { conversation { id } } } }', {
      ids: [files[0].id],
    });
    const querying = await send({ tokens: 3, sql: stuck }, createSession.session.conversation.id);

    const timeoutMs = 60_000;
    const following = { query: followQuery, variables: { id: run.id, after: 0 } };
    const watching = { query: watchQuery, variables: { id: run.conversation.id } };
    const streams = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => subscribeSse(server.url, { ...(index % 2 === 0 ? following : watching), token, timeoutMs })),
    );
    const sockets = await Promise.all(Array.from({ length: 20 }, async () => openSocket(server.url, { token, timeoutMs })));
    const onSockets = sockets.map((socket, index) => {
      const { query, variables } = index % 2 === 0 ? following : watching;
      return socket.subscribe(query, variables);
    });
    await Promise.all([...streams, ...onSockets].map(async (stream) => stream.nextEvent()));
    const statuses = await subscribeSse(server.url, {
      query: 'subscription ($id: ID!) { runEvents(runId: $id) { ... on ToolCallStarted { name } } }',
      variables: { id: querying.id },
      token,
      timeoutMs,
    });
    for (let name = null; name !== 'run_sql';) {
      const event = await statuses.nextEvent();
      if (event.kind !== 'next') throw new Error('the query did not start');
      ({ name = null } = event.result.data.runEvents);
    }
    statuses.close();
    const processes = descendantsOf(server.pid);
    expect(processes.length).toBeGreaterThan(0);

    const startedAt = performance.now();
    const stopped = server.stop();
    const ends = await Promise.all([...streams, ...onSockets].map(async (stream) => lastOf(stream.nextEvent)));
    expect(await stopped).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(30_000 + patienceMs);

    const farewell = { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 } }] };
    for (const [index, { last, end }] of ends.entries()) {
      // The end of the run, where it came before the end of the connection, is the last word; else it is found on the return.
      const isOver = last?.data?.runEvents?.code === 'INTERRUPTED';
      if (index < 20) expect([isOver ? farewell : last, end]).toMatchObject([farewell, { kind: 'complete' }]);
      // After the last word the socket may be closed before it says that nothing more comes.
      else expect([...(isOver ? [{ kind: 'complete' }] : []), { kind: 'closed', code: 1001 }]).toContainEqual(end);
    }
    const store = new Client({ connectionString: database.connectionString });
    await store.connect();
    const { rows } = await store.query('SELECT status, error_code, lease_owner FROM runs');
    await store.end();
    expect(rows).toEqual([1, 2].map(() => ({ status: 'FAILED', error_code: 'INTERRUPTED', lease_owner: null })));
    // The system takes a moment to clear away what was killed; the query alone would go on for two minutes.
    await eventually(() => expect(processes.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]));
  });
});
