// How long a search takes among 100,000 messages of one person and as many of others: node bench/search.ts
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { startApp } from '../src/app.ts';
import { parseConfig } from '../src/base/config.ts';
import { createLogger } from '../src/base/logger.ts';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { withoutRateLimits } from '../tests/kit/wide-limits.ts';
import { databaseOf } from './seed.ts';
import { timesText } from './times.ts';

const messageCount = 100_000;
const rounds = 60;

/** Conversations of 100 messages of 60 words each, out of 5,000 words of which some are rare and some are everywhere. */
const seed = `
  WITH room AS (
    INSERT INTO conversations (id, owner_id, title, created_at, updated_at)
    SELECT gen_random_uuid(), $1, 'Conversation about topic' || n, now() - n * interval '1 hour', now() FROM generate_series(1, $2 / 100) n RETURNING id, created_at
  ), person AS (
    INSERT INTO participants (conversation_id, user_id, joined_at) SELECT id, $1, created_at FROM room
  ), message AS (
    INSERT INTO messages (id, conversation_id, role, depth, created_at)
    SELECT gen_random_uuid(), room.id, 'ASSISTANT', n, room.created_at + n * interval '1 second' FROM room, generate_series(1, 100) n RETURNING id
  )
  INSERT INTO parts (id, message_id, position, kind, text)
  SELECT gen_random_uuid(), message.id, 0, 'TEXT', 'The answer: ' ||
    (SELECT string_agg('word' || floor(5000 * random() ^ 4)::int, ' ') FROM generate_series(1, 60) WHERE message.id IS NOT NULL) FROM message`;

const dataFolder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
const app = await startApp(parseConfig({ ...withoutRateLimits, PORT: '0', DATA_FOLDER: dataFolder, LOG_LEVEL: 'warn' }), createLogger({ level: 'warn' }));
try {
  const register = async (name: string) => {
    const input = { email: `${name}@example.org`, password: 'correct horse battery' };
    const answer = await createGraphqlClient(app.url).request('mutation ($input: RegisterInput!) { register(input: $input) { accessToken user { id } } }', {
      input,
    });
    return { token: answer.register.accessToken, id: Buffer.from(answer.register.user.id, 'base64').toString().slice('User:'.length) };
  };
  const [person, other] = [await register('one'), await register('other')];
  const pool = new Pool({ connectionString: await databaseOf(dataFolder) });
  const startedAt = performance.now();
  for (const { id } of [person, other]) await pool.query(seed, [id, messageCount]);
  const seedMs = performance.now() - startedAt;
  await pool.query('VACUUM ANALYZE');
  const { rows } = await pool.query(`SELECT pg_size_pretty(pg_total_relation_size('search_entries')) AS size`);
  console.log(`${2 * messageCount} messages written and indexed in ${Math.round(seedMs)} ms; the index with its table is ${rows[0].size}`);
  await pool.end();
  const client = createGraphqlClient(app.url, { token: person.token });
  const document = 'query ($query: String!) { search(query: $query) { isTruncated edges { node { type highlights { html } } } } }';
  const queries = {
    rare: 'word4987 word4321',
    common: 'word0',
    everywhere: 'answer',
    both: 'word0 word4001',
    phrase: '"word1 word0"',
    mistyped: 'conversaton topci12',
  };
  for (const [name, query] of Object.entries(queries)) {
    const times: number[] = [];
    let hits = 0;
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      const answer = await client.request(document, { query });
      times.push(performance.now() - began);
      hits = answer.search.edges.length;
    }
    console.log(`${name.padEnd(11)} ${query.padEnd(24)} ${String(hits).padStart(3)} hits  ${timesText(times, [0.5, 0.95])}`);
  }
} finally {
  await app.stop();
  await rm(dataFolder, { recursive: true, force: true });
}
