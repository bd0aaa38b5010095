// What the check of quotas costs a send: node bench/quotas.ts
// One send after the other, each into a new conversation and each after the end of the run before, in three installations that take turns:
// without quotas, with those of a person, with those of a person and of the installation. BENCH_OPEN=1000 leaves as many runs open meanwhile.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { startApp } from '../src/app.ts';
import { parseConfig } from '../src/base/config.ts';
import { createLogger } from '../src/base/logger.ts';
import type { Engine } from '../src/engines/engine.ts';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { wideLimits } from '../tests/kit/wide-limits.ts';
import { databaseOf } from './seed.ts';
import { timesText } from './times.ts';

const rounds = 8;
const sendsPerRound = 20;
const openRuns = Number(process.env['BENCH_OPEN'] ?? 0);
const much = '1000000000000';

const engine: Engine = {
  id: 'bench',
  name: 'Bench',
  defaultModel: 'one',
  listModels: () => Promise.resolve([]),
  async *stream() {
    yield { type: 'text', text: 'Hello' };
    yield { type: 'usage', usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 10, reasoningTokens: 0 } };
    yield { type: 'finish', reason: 'STOP' };
  },
};

const ofPerson = { QUOTA_USER_TOKENS_PER_DAY: much, QUOTA_USER_MESSAGES_PER_DAY: much };
const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'without quotas': {},
  'of a person': ofPerson,
  'and of all': { ...ofPerson, QUOTA_INSTALLATION_TOKENS_PER_MONTH: much, QUOTA_INSTALLATION_COST_MICROS_PER_MONTH: much },
};

const send = 'mutation { sendMessage(input: { text: "Good morning" }) { run { id } } }';

async function open(environment: Readonly<Record<string, string>>) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
  const config = parseConfig({
    ...wideLimits,
    ...environment,
    PORT: '0',
    DATA_FOLDER: dataFolder,
    LOG_LEVEL: 'error',
    SENTIMENT_METHOD: 'NONE',
    BCRYPT_COST: '4',
  });
  const app = await startApp(config, createLogger({ level: 'error' }), { engines: [engine] });
  const { register } = await createGraphqlClient(app.url).request(
    'mutation { register(input: { email: "ada@example.org", password: "correct horse battery" }) { accessToken } }',
  );
  const client = createGraphqlClient(app.url, { token: register.accessToken });
  const pool = new Pool({ connectionString: await databaseOf(dataFolder) });
  if (openRuns > 0) {
    await pool.query(
      `WITH person AS (INSERT INTO users (id, email, created_at, updated_at) SELECT gen_random_uuid(), 'p' || n || '@example.org', now(), now() FROM generate_series(1, $1::int) n RETURNING id),
         room AS (INSERT INTO conversations (id, owner_id, created_at, updated_at) SELECT gen_random_uuid(), id, now(), now() FROM person RETURNING id, owner_id)
       INSERT INTO runs (id, conversation_id, user_id, kind, status, model, options, lease_owner, lease_expires_at, reserved_tokens, reserved_cost_micros, created_at)
       SELECT gen_random_uuid(), id, owner_id, 'CHAT', 'RUNNING', 'bench:one', '{}', gen_random_uuid(), now() + interval '1 day', 2000, 100, now() FROM room`,
      [openRuns],
    );
    await pool.query('ANALYZE');
  }
  const once = async (): Promise<number> => {
    const began = performance.now();
    const answer = await client.request(send);
    const took = performance.now() - began;
    for (;;) {
      const { run } = await client.request('query ($id: ID!) { run(id: $id) { status } }', { id: answer.sendMessage.run.id });
      if (run.status === 'COMPLETED') return took;
    }
  };
  return {
    once,
    stop: async () => {
      await pool.end();
      await app.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

const installations = await Promise.all(
  Object.entries(kinds).map(async ([name, environment]) => ({ name, ...(await open(environment)), times: [] as number[] })),
);
for (const { once } of installations) for (let count = 0; count < 50; count += 1) await once();
for (let round = 0; round < rounds; round += 1) {
  for (const { once, times } of installations) for (let count = 0; count < sendsPerRound; count += 1) times.push(await once());
}
console.log(`${rounds * sendsPerRound} sends each, ${openRuns} runs open`);
for (const { name, times, stop } of installations) {
  console.log(`${name.padEnd(16)} ${timesText(times, [0.1, 0.5, 0.95], 2)}`);
  await stop();
}
