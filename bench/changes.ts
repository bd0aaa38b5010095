// What it costs that everything that changes is told of: node bench/changes.ts
// First how long it takes from a mutation to the devices that follow (one of them, then 200), then what the triggers add to statements of the
// database, in rounds that take turns with the triggers off.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { startApp } from '../src/app.ts';
import { parseConfig } from '../src/base/config.ts';
import { createLogger } from '../src/base/logger.ts';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { subscribeSse } from '../tests/kit/sse-client.ts';
import { wideLimits } from '../tests/kit/wide-limits.ts';
import { databaseOf } from './seed.ts';
import { timesText } from './times.ts';

const mutations = 200;
const rounds = 10;
const statementsPerRound = 200;
const shares = [0.5, 0.95];

const dataFolder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
const config = parseConfig({ ...wideLimits, MAX_EVENT_STREAMS_PER_USER: '1000', PORT: '0', DATA_FOLDER: dataFolder, LOG_LEVEL: 'error', BCRYPT_COST: '4' });
const app = await startApp(config, createLogger({ level: 'error' }));
const { register } = await createGraphqlClient(app.url).request(
  'mutation { register(input: { email: "ada@example.org", password: "correct horse battery" }) { accessToken user { id } } }',
);
const token: string = register.accessToken;
const client = createGraphqlClient(app.url, { token });
const pool = new Pool({ connectionString: await databaseOf(dataFolder) });

const { createPlanItem } = await client.request('mutation { createPlanItem(input: { title: "An item" }) { planItem { id } } }');
const update = 'mutation ($id: ID!, $title: String!) { updatePlanItem(input: { id: $id, title: $title }) { planItem { id } } }';
const query = 'subscription { changes { changes { id node { ... on PlanItem { title } } } } }';

async function follow() {
  const stream = await subscribeSse(app.url, { query, token, timeoutMs: 30_000 });
  await stream.nextEvent();
  return {
    until: async (title: string): Promise<number> => {
      for (;;) if (JSON.stringify(await stream.nextEvent()).includes(`"${title}"`)) return performance.now();
    },
    close: () => stream.close(),
  };
}

for (const devices of [1, 200]) {
  const streams = await Promise.all(Array.from({ length: devices }, follow));
  const [answers, arrivals]: [number[], number[]] = [[], []];
  for (let count = 0; count < mutations; count += 1) {
    const title = `${devices} ${count}`;
    const began = performance.now();
    const arrived = Promise.all(streams.map(async (stream) => (await stream.until(title)) - began));
    await client.request(update, { id: createPlanItem.planItem.id, title });
    answers.push(performance.now() - began);
    arrivals.push(Math.max(...(await arrived)));
  }
  console.log(`${devices} devices: the mutation answers after ${timesText(answers, shares)}, the last device has it after ${timesText(arrivals, shares)}`);
  for (const stream of streams) stream.close();
}

const owner = Buffer.from(register.user.id, 'base64').toString().split(':')[1] ?? '';
const { rows } = await pool.query<{ readonly id: string }>(
  `WITH room AS (INSERT INTO conversations (id, owner_id, created_at, updated_at) VALUES (gen_random_uuid(), $1, now(), now()) RETURNING id),
     people AS (INSERT INTO users (id, email, updated_at) SELECT gen_random_uuid(), 'p' || n || '@example.org', now() FROM generate_series(1, 50) n RETURNING id)
   SELECT room.id, people.id AS person FROM room, people`,
  [owner],
);
await pool.query("INSERT INTO participants (conversation_id, user_id, role, joined_at) SELECT $1, id, 'EDITOR', now() FROM users WHERE email LIKE 'p%'", [
  rows[0]?.id,
]);

const statements: Readonly<Record<string, { readonly sql: string; readonly values: readonly unknown[]; readonly table: string }>> = {
  'an item changes': { sql: 'UPDATE plan_items SET version = version + 1 WHERE owner_id = $1', values: [owner], table: 'plan_items' },
  'a message moves a conversation of fifty': {
    sql: "UPDATE conversations SET updated_at = updated_at + interval '1 ms' WHERE id = $1",
    values: [rows[0]?.id],
    table: 'participants',
  },
};
for (const [name, { sql, values, table }] of Object.entries(statements)) {
  const times = { off: [] as number[], on: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const state of ['off', 'on'] as const) {
      // Not DISABLE TRIGGER ALL: the others would be gone too.
      const triggers = await pool.query<{ readonly tgname: string }>(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = $1::regclass AND tgname LIKE 'changes_of_%'",
        [table],
      );
      for (const { tgname } of triggers.rows) await pool.query(`ALTER TABLE ${table} ${state === 'on' ? 'ENABLE' : 'DISABLE'} TRIGGER "${tgname}"`);
      for (let count = 0; count < statementsPerRound; count += 1) {
        const began = performance.now();
        await pool.query(sql, [...values]);
        times[state].push(performance.now() - began);
      }
    }
  }
  console.log(`${name}: ${timesText(times.off, shares, 2)} without the triggers, ${timesText(times.on, shares, 2)} with them`);
}

await pool.end();
await app.stop();
await rm(dataFolder, { recursive: true, force: true });
