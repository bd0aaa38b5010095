// Writes and applies migrations with Prisma's schema engine in WebAssembly, which needs no download.
//
//   node prisma/migrate.ts new <name>     writes the next migration: what leads from the migrations to schema.prisma
//   node prisma/migrate.ts apply [url]    applies what is missing; the URL is DATABASE_URL by default
//   node prisma/migrate.ts status [url]   says what is missing
//
// The embedded database needs neither: the server migrates at every start.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { messageOf } from '../src/base/errors.ts';
import { createLogger } from '../src/base/logger.ts';
import { compareHistory, readHistory } from '../src/stores/migration-history.ts';
import { lockFileContent, lockFileName, migrationsFolder, readMigrations } from '../src/stores/migration-folder.ts';
import { migrate } from '../src/stores/migrate.ts';
import { diffMigrations } from '../src/stores/migration-diff.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function writeMigration(name: string | undefined): Promise<void> {
  if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name))
    throw new Error('Name the migration in lower case, for example: node prisma/migrate.ts new add_goals');
  const schema = await readFile(new URL('schema.prisma', import.meta.url), 'utf8');
  const migrations = await readMigrations();
  const sql = await diffMigrations(migrations, schema);
  if (sql === null) return say('The migrations already lead to prisma/schema.prisma; nothing was written.');
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(migrationsFolder, `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(migrationsFolder, lockFileName), lockFileContent);
  await writeFile(join(folder, 'migration.sql'), sql);
  say(`Wrote ${folder}/migration.sql. Read it before you commit it.`);
}

async function showStatus(connectionString: string): Promise<void> {
  const pool = new Pool({ connectionString, max: 1 });
  try {
    const { pending } = compareHistory(await readMigrations(), await readHistory(pool));
    say(pending.length === 0 ? 'The database is up to date.' : `To be applied: ${pending.map(({ name }) => name).join(', ')}`);
  } finally {
    await pool.end();
  }
}

async function run(): Promise<void> {
  const [command, argument] = parseArgs({ allowPositionals: true }).positionals;
  if (command === 'new') return writeMigration(argument);
  const connectionString = argument ?? process.env['DATABASE_URL'];
  if (command !== 'apply' && command !== 'status') throw new Error('Say what to do: new <name>, apply [url] or status [url].');
  if (connectionString === undefined)
    throw new Error(`Say which database: node prisma/migrate.ts ${command} postgresql://user@host/name, or set DATABASE_URL.`);
  if (command === 'status') return showStatus(connectionString);
  const applied = await migrate({ connectionString, logger: createLogger({ level: 'warn' }) });
  say(applied.length === 0 ? 'The database was up to date.' : `Applied: ${applied.join(', ')}`);
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
