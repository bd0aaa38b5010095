import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { attach } from '../kit/attachments.ts';
import { png } from '../kit/pictures.ts';
import { createSession } from '../access/world.ts';
import { startTestApp } from '../kit/app.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { subscribeSse } from '../kit/sse-client.ts';

/** Every file under a folder. */
async function filesUnder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('deleteAccount', () => {
  it('stops what runs, and leaves neither a row nor a file', async () => {
    const engine = createScriptedEngine();
    await using app = await startTestApp({ overrides: { engines: [engine] } });
    const person = await app.person();
    const before = await filesUnder(app.dataFolder);
    const session = await createSession(app, person);
    await attach(app, person, ['never sent.png', png(1, 1)]);
    expect((await filesUnder(app.dataFolder)).length).toBeGreaterThan(before.length);
    const sent = await person.client.request('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', {
      input: { conversationId: session.conversation.id, text: 'How old?' },
    });
    const call = await engine.nextCall();
    call.text('A long answer');
    const query = 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }';
    const events = await subscribeSse(app.url, { query, variables: { id: sent.sendMessage.run.id }, token: person.token });
    await events.nextEvent();
    await person.client.request('mutation { deleteAccount(input: { password: "correct horse battery" }) { deletedUserId } }');
    await call.aborted;
    while ((await events.nextEvent()).kind !== 'closed');
    expect(await filesUnder(app.dataFolder)).toEqual(before);

    const client = new pg.Client({ connectionString: app.connectionString });
    await client.connect();
    try {
      const tables = ['users', 'logins', 'conversations', 'messages', 'parts', 'runs', 'run_events', 'conversation_events', 'sessions', 'files', 'attachments'];
      const { rows } = await client.query(`SELECT ${tables.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`).join(', ')}`);
      expect(rows[0]).toEqual(Object.fromEntries(tables.map((table) => [table, 0])));
    } finally {
      await client.end();
    }
  });
});
