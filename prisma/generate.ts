// Generates the Prisma client. `prisma generate` looks for a schema engine that it does not need here and
// would download it; any existing program satisfies the look, so no network is needed. Only for `generate`:
// with the variable set, the migrate commands would exit 0 and do nothing.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
const { status } = spawnSync(process.execPath, [cli, 'generate', '--no-hints'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' },
});
process.exit(status ?? 1);
