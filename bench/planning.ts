// How long the planner takes with 10,000 items, 200 goals and two years of plans: node bench/planning.ts
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

const rounds = 40;

/** Ten thousand items on 700 days up to this one, half of them done, for 200 goals of which 150 are parts of the others. */
const seed = `
  WITH goal AS (
    INSERT INTO goals (id, owner_id, title, created_at, updated_at)
    SELECT gen_random_uuid(), $1, 'Goal ' || n, now() - n * interval '1 day', now() FROM generate_series(1, 200) n RETURNING id, title
  ), week AS (
    INSERT INTO weekly_plans (id, owner_id, week_start, created_at, updated_at)
    SELECT gen_random_uuid(), $1, date_trunc('week', now())::date - 7 * n, now(), now() FROM generate_series(0, 100) n RETURNING id, week_start
  ), day AS (
    INSERT INTO daily_plans (id, owner_id, date, weekly_plan_id, created_at, updated_at)
    SELECT gen_random_uuid(), $1, w.week_start + n, w.id, now(), now() FROM week w, generate_series(0, 6) n RETURNING id, date
  ), numbered AS (SELECT id, date, row_number() OVER (ORDER BY date DESC) AS place FROM day)
  INSERT INTO plan_items (id, owner_id, daily_plan_id, goal_id, title, status, position, estimate_minutes, actual_minutes, completed_at, created_at, updated_at)
  SELECT gen_random_uuid(), $1, d.id, g.id, 'Item ' || n, (CASE n % 4 WHEN 0 THEN 'TODO' WHEN 1 THEN 'SKIPPED' ELSE 'DONE' END)::"ItemStatus", lpad(n::text, 6, '0'),
    30, CASE WHEN n % 4 > 1 THEN 20 + n % 30 END, CASE WHEN n % 4 > 1 THEN d.date + interval '12 hours' END, d.date, now()
  FROM generate_series(1, 10000) n JOIN numbered d ON d.place = n % 707 + 1 JOIN goal g ON g.title = 'Goal ' || (n % 200 + 1)`;
const nest = `
  UPDATE goals SET parent_id = p.id FROM goals p WHERE goals.owner_id = $1 AND p.owner_id = $1
    AND substr(goals.title, 6)::int > 50 AND p.title = 'Goal ' || (substr(goals.title, 6)::int % 50 + 1)`;

const tally = 'total done ratio estimatedMinutes actualMinutes';
const documents = {
  'a week with its days, items and progress': `{ weeklyPlan { weekStart progress { items { ${tally} } } dailyPlans { date progress { items { ${tally} } }
    items(first: 20) { edges { node { id title status goal { id title } } } } } } }`,
  'a page of 100 goals with their progress': `{ goals(first: 100) { edges { node { id title progress { ratio own { ${tally} } whole { ${tally} } } } } } }`,
  'the review of a week': `{ weekReview { progress { ${tally} } done { count items { title } } open { count } days { date items { total done } } goals { goal { title } items { total done } } } }`,
  'the streaks of two years': '{ viewer { planningStreaks { allDone { longest { length } } someDone { current { length } longest { length } } } } }',
  'the time of two years by week': '{ timeSpent(groupBy: WEEK, from: "FROM") { minutes rows { date minutes } } }',
} as const;

const dataFolder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
const app = await startApp(parseConfig({ ...withoutRateLimits, PORT: '0', DATA_FOLDER: dataFolder, LOG_LEVEL: 'warn' }), createLogger({ level: 'warn' }));
try {
  const input = { email: 'one@example.org', password: 'correct horse battery' };
  const register = 'mutation ($input: RegisterInput!) { register(input: $input) { accessToken user { id } } }';
  const { accessToken: token, user } = (await createGraphqlClient(app.url).request(register, { input })).register;
  const userId = Buffer.from(user.id, 'base64').toString().slice('User:'.length);
  const pool = new Pool({ connectionString: await databaseOf(dataFolder) });
  await pool.query(seed, [userId]);
  await pool.query(nest, [userId]);
  await pool.query('VACUUM ANALYZE');
  await pool.end();
  const client = createGraphqlClient(app.url, { token });
  const from = new Date(Date.now() - 700 * 86_400_000).toISOString().slice(0, 10);
  const measure = async (name: string, count: number, work: () => Promise<unknown>): Promise<void> => {
    const times: number[] = [];
    for (let round = 0; round < count; round += 1) {
      const began = performance.now();
      await work();
      times.push(performance.now() - began);
    }
    console.log(`${name.padEnd(42)} ${timesText(times, [0.5, 0.95])}`);
  };
  for (const [name, document] of Object.entries(documents)) await measure(name, rounds, () => client.request(document.replace('FROM', from)));
  const create = 'mutation { createPersonalSession(input: {}) { session { id tables { tableName rowCount } } } }';
  await measure('a personal session', 3, () => client.request(create));
} finally {
  await app.stop();
  await rm(dataFolder, { recursive: true, force: true });
}
