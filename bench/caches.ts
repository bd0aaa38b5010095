// Where a cache would help: node bench/caches.ts
// The list of models, the list of conversations and the context of an answer, as they are and from a memory in front of them.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { startApp } from '../src/app.ts';
import { parseConfig } from '../src/base/config.ts';
import { createLogger } from '../src/base/logger.ts';
import { loadPath } from '../src/services/context/path.ts';
import { createRememberedCosts } from '../src/services/context/cost.ts';
import { fitContext, readContext } from '../src/services/context/shown-context.ts';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { wideLimits } from '../tests/kit/wide-limits.ts';
import { fiftyModels } from './fifty-models.ts';
import { databaseOf, seedConversations } from './seed.ts';
import { timesText } from './times.ts';

const rounds = 400;

async function time(name: string, work: () => Promise<unknown>): Promise<void> {
  for (let count = 0; count < 50; count += 1) await work();
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let count = 0; count < rounds; count += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${name.padEnd(52)} ${timesText(times, [0.5, 0.95], 2)}  CPU here ${((user + system) / rounds / 1_000).toFixed(2)} ms`);
}

const dataFolder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
const app = await startApp(
  parseConfig({ ...wideLimits, PORT: '0', DATA_FOLDER: dataFolder, LOG_LEVEL: 'warn', BCRYPT_COST: '4' }),
  createLogger({ level: 'warn' }),
  {
    engines: [fiftyModels],
  },
);
try {
  const { register } = await createGraphqlClient(app.url).request(
    'mutation { register(input: { email: "ada@example.org", password: "correct horse battery" }) { accessToken user { id } } }',
  );
  const userId = Buffer.from(register.user.id, 'base64').toString().slice('User:'.length);
  const client = createGraphqlClient(app.url, { token: register.accessToken });
  await seedConversations(dataFolder, userId, { conversations: 200, messages: 20 });
  const pool = new Pool({ connectionString: await databaseOf(dataFolder) });

  // Beside the same answer without what is loaded, the most that any cache could save.
  await time('an operation that loads nothing', () => client.request('{ viewer { id } }'));
  await time('models: 50 of one provider', () => client.request('{ models { name displayName contextWindow isDefault } }'));
  await time('conversations: the first 20', () => client.request('{ conversations(first: 20) { edges { node { id title updatedAt } } } }'));
  await time('conversations: the first 20, with unread and last', () =>
    client.request('{ conversations(first: 20) { edges { node { id title updatedAt isPinned unreadCount lastMessage { text } } } } }'),
  );

  const moment = new Date();
  for (const length of [20, 200, 1_000]) {
    const conversationId = randomUUID();
    await pool.query('INSERT INTO conversations (id, owner_id, created_at, updated_at) VALUES ($1, $2, $3, $3)', [conversationId, userId, moment]);
    await pool.query('INSERT INTO participants (conversation_id, user_id, joined_at) VALUES ($1, $2, $3)', [conversationId, userId, moment]);
    const ids = Array.from({ length }, () => randomUUID());
    const rows = ids.map((id, place) => ({ id, parent: ids[place - 1] ?? null, place, part: randomUUID() }));
    await pool.query(
      `WITH row AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, parent uuid, place int, part uuid)), message AS (
         INSERT INTO messages (id, conversation_id, parent_id, role, depth, created_at)
         SELECT id, $2, parent, CASE WHEN place % 2 = 0 THEN 'USER' ELSE 'ASSISTANT' END::"MessageRole", place, now() FROM row RETURNING id)
       INSERT INTO parts (id, message_id, position, kind, text) SELECT part, id, 0, 'TEXT', repeat('Something that somebody said. ', 20) FROM row`,
      [JSON.stringify(rows), conversationId],
    );
    await pool.query('ANALYZE');
    const question = ids[length - 2] ?? '';
    const bounds = { maxMessages: 1_000, maxBytes: 4 * 1024 * 1024 };
    const path = await loadPath(pool, conversationId, question, bounds);
    const costOf = createRememberedCosts();
    const fit = (read: typeof path): unknown => fitContext(readContext(read), { fixedTokens: 100, inputTokens: 30_000 }, costOf);
    await time(`context of ${length} messages: read, put together, fitted`, async () => fit(await loadPath(pool, conversationId, question, bounds)));
    await time(`context of ${length} messages: from memory, fitted`, async () => fit(path));
  }
  await pool.end();
} finally {
  await app.stop();
  await rm(dataFolder, { recursive: true, force: true });
}
