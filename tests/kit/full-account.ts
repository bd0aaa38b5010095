import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { createSession } from '../access/world.ts';
import type { TestApp, TestPerson } from './app.ts';
import type { ScriptedEngine } from './scripted-engine.ts';
import { subscribeSse } from './sse-client.ts';
import { rowId } from './ids.ts';

/** The bytes of a picture of one pixel. */
export const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** What people and models write, and what must stay as it is: Markdown of all kinds, blank ends, other scripts, a lone fence. */
export const trickyText =
  '  # Not a heading of ours\n\n* a | b\n\n```js\nconst x = "`";\n```\n\u{1F600} \u05D0\u05D1 e\u0301 <b>bold</b> &amp; \\* \t\n```\nnever closed  \n\n';

/** Somebody's things, by the ids of their rows. */
export interface FullAccount {
  readonly sessionId: string;
  readonly dataConversationId: string;
  readonly conversationId: string;
  readonly attachmentIds: readonly string[];
}

/** A run over data that leaves a table and a plot, by a scripted engine. */
async function analyse(app: TestApp, person: TestPerson, engine: ScriptedEngine, conversationId: string): Promise<void> {
  const sent = await person.client.request('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', {
    input: { conversationId, text: 'How old?' },
  });
  const first = await engine.nextCall();
  first.toolCall('call-1', 'run_sql', { sql: 'SELECT name, age FROM people ORDER BY age', title: 'The *oldest*' });
  const spec = { mark: 'bar', encoding: { y: { field: 'name' }, x: { field: 'age', type: 'quantitative' } } };
  first.toolCall('call-2', 'create_plot', { title: 'Ages', sql: 'SELECT name, age FROM people', spec });
  first.finish('TOOL_CALLS');
  const second = await engine.nextCall();
  second.text('45 is the most.');
  second.finish();
  const query = 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }';
  const events = await subscribeSse(app.url, { query, variables: { id: sent.sendMessage.run.id }, token: person.token });
  while ((await events.nextEvent()).kind === 'next');
}

async function attach(
  app: TestApp,
  database: Client,
  ownerId: string,
  conversationId: string,
  name: string,
  mediaType: string,
  bytes: Buffer,
): Promise<string> {
  const id = randomUUID();
  const folder = join(app.dataFolder, 'files', id.slice(-2), id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'original'), bytes);
  const [width, height, text] = mediaType === 'image/png' ? [1, 1, null] : [null, null, bytes.toString()];
  await database.query(
    `INSERT INTO attachments (id, owner_id, conversation_id, name, media_type, byte_size, width, height, text, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '2026-02-01T00:00:00.123Z')`,
    [id, ownerId, conversationId, name, mediaType, bytes.length, width, height, text],
  );
  return id;
}

/** A conversation with two branches, all that can be said of a message, and attachments. */
async function converse(app: TestApp, database: Client, ownerId: string): Promise<Pick<FullAccount, 'conversationId' | 'attachmentIds'>> {
  const conversationId = randomUUID();
  await database.query(
    `INSERT INTO conversations (id, owner_id, title, title_source, defaults, created_at, updated_at)
     VALUES ($1, $2, 'Plans & "dreams"', 'PERSON', '{"model":"scripted:one"}', '2026-02-01T00:00:00.123Z', '2026-02-03T00:00:00Z')`,
    [conversationId, ownerId],
  );
  await database.query(
    `INSERT INTO participants (conversation_id, user_id, joined_at, pinned_at, archived_at, read_at, tags)
     VALUES ($1, $2, '2026-02-01T00:00:00.123Z', '2026-02-02T00:00:00Z', '2026-02-04T00:00:00Z', '2026-02-02T12:00:00Z', '{später,work}')`,
    [conversationId, ownerId],
  );
  const attachmentIds = [
    await attach(app, database, ownerId, conversationId, 'pixel.png', 'image/png', pixel),
    await attach(app, database, ownerId, conversationId, 'notes.md', 'text/markdown', Buffer.from('# Notes\n')),
  ];
  const say = async (
    role: string,
    parentId: string | null,
    depth: number,
    isActive: boolean,
    second: number,
    parts: readonly (readonly [string, string | null, unknown])[],
  ) => {
    const id = randomUUID();
    await database.query(
      `INSERT INTO messages (id, conversation_id, parent_id, role, author_id, model, mode, confidence, depth, is_active, created_at)
       VALUES ($1, $2, $3, $4::"MessageRole", $5, $6, $7, $8, $9, $10, $11)`,
      [
        id,
        conversationId,
        parentId,
        role,
        role === 'USER' ? ownerId : null,
        ...(role === 'USER' ? [null, null, null] : ['scripted:one', 'model', 0.5]),
        depth,
        isActive,
        new Date(Date.UTC(2026, 1, 1, 0, 0, second, 7)),
      ],
    );
    for (const [position, [kind, text, data]] of parts.entries()) {
      await database.query('INSERT INTO parts (id, message_id, position, kind, text, data) VALUES ($1, $2, $3, $4::"PartKind", $5, $6)', [
        randomUUID(),
        id,
        position,
        kind,
        text,
        data === null ? null : JSON.stringify(data),
      ]);
    }
    return id;
  };
  const files = attachmentIds.map((attachmentId, index): readonly [string, null, unknown] => [
    index === 0 ? 'IMAGE' : 'FILE',
    null,
    index === 0
      ? { attachmentId, name: 'pixel.png', mediaType: 'image/png', byteSize: pixel.length, width: 1, height: 1 }
      : { attachmentId, name: 'notes.md', mediaType: 'text/markdown', byteSize: 8, width: null, height: null },
  ]);
  const question = await say('USER', null, 0, true, 1, [['TEXT', trickyText, null], ...files]);
  const left = await say('ASSISTANT', question, 1, false, 2, [['TEXT', 'The first answer.', null]]);
  const right = await say('ASSISTANT', question, 1, true, 3, [
    ['REASONING', 'What would they want?', null],
    ['TEXT', 'The second answer.', null],
    ['TOOL_EXCHANGE', null, { id: 'a', name: 'look', arguments: '{}', content: 'seen', isError: false }],
    ['TEXT', 'And its end.', null],
  ]);
  await say('USER', left, 2, false, 4, [['TEXT', 'On the other branch', null]]);
  await say('USER', right, 2, true, 5, [['TEXT', 'Thanks!', null]]);
  for (const [id, score] of [
    [question, -0.25],
    [right, 0.75],
  ]) {
    await database.query(
      `INSERT INTO sentiments (message_id, conversation_id, method, score, magnitude, label, emotion, created_at)
       VALUES ($1, $2, 'LOCAL', $3, 1.5, 'MIXED', 'JOY', '2026-02-01T00:01:00Z')`,
      [id, conversationId, score],
    );
  }
  await database.query(
    `INSERT INTO feedbacks (message_id, user_id, rating, comment, created_at, updated_at)
     VALUES ($1, $2, 'DOWN', 'Too | long', '2026-02-01T00:02:00Z', '2026-02-01T00:03:00Z')`,
    [right, ownerId],
  );
  return { conversationId, attachmentIds };
}

/** Gives somebody one of everything that an account can hold. */
export async function fillAccount(app: TestApp, person: TestPerson, engine: ScriptedEngine): Promise<FullAccount> {
  const database = new Client({ connectionString: app.connectionString });
  await database.connect();
  try {
    const ownerId = rowId(person.userId);
    await database.query(`UPDATE users SET full_name = 'Ada Lovelace' WHERE id = $1`, [ownerId]);
    await database.query(`INSERT INTO preferences (user_id, defaults, updated_at) VALUES ($1, '{"temperature":0.3}', '2026-02-01T00:00:00Z')`, [ownerId]);
    await database.query(
      `INSERT INTO provider_keys (id, user_id, provider, kind, sealed_key, last_four, created_at, updated_at)
       VALUES ($1, $2, 'openai', 'openai', 'a sealed key', 'abcd', now(), now())`,
      [randomUUID(), ownerId],
    );
    const session = await createSession(app, person, 'ages.csv', 'name;age\nada;36\ngrace;45\n');
    await person.client.request(
      `mutation ($id: ID!, $fileId: ID!) {
        updateFile(input: { id: $fileId, tableName: "people" }) { file { id } }
        createTable(input: { sessionId: $id, name: "oldest", sql: "SELECT max(age) AS age FROM people" }) { table { id } }
        saveVerifiedQuery(input: { sessionId: $id, question: "How old are they?", sql: "SELECT age FROM people" }) { verifiedQuery { id } }
      }`,
      { id: session.id, fileId: session.fileId },
    );
    await analyse(app, person, engine, session.conversation.id);
    const talk = await converse(app, database, ownerId);
    return { sessionId: rowId(session.id), dataConversationId: rowId(session.conversation.id), ...talk };
  } finally {
    await database.end();
  }
}
