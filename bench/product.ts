// The real product for the benchmark, a process of its own: its own PostgreSQL with fsync, every guard on, its log at `info` in a file, an
// engine that offers fifty models, one person with conversations. Prints where it is as a line of JSON.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destination } from 'pino';
import { startApp } from '../src/app.ts';
import { parseConfig } from '../src/base/config.ts';
import { createLogger } from '../src/base/logger.ts';
import { createGraphqlClient } from '../tests/kit/graphql-client.ts';
import { fiftyModels } from './fifty-models.ts';
import { seedConversations } from './seed.ts';

const folder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'));
const config = parseConfig({
  PORT: '0',
  SECRET: 'a secret for the benchmark and nothing else',
  // Counted, but never reached: one person sends thousands a second here.
  RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000',
  ...process.env,
  NODE_ENV: 'production',
  DATA_FOLDER: folder,
});
const logger = createLogger({ level: 'info', destination: destination(join(folder, 'server.log')) });
const app = await startApp(config, logger, { engines: [fiftyModels] });
process.once('SIGTERM', () => {
  void app
    .stop()
    .then(() => rm(folder, { recursive: true, force: true }))
    .then(
      () => process.exit(0),
      () => process.exit(1),
    );
});

const nobody = createGraphqlClient(app.url);
const { register } = await nobody.request(
  'mutation { register(input: { email: "ada@example.org", password: "correct horse battery", fullName: "Ada Lovelace" }) { accessToken user { id } } }',
);
const userId = Buffer.from(register.user.id, 'base64').toString().split(':')[1] ?? '';
// The embedded PostgreSQL listens on a socket in its folder; `postmaster.pid` says where.
const database = await seedConversations(folder, userId, { conversations: 20, messages: 20 });
process.stdout.write(`${JSON.stringify({ url: app.url, token: register.accessToken, userId, database })}\n`);
