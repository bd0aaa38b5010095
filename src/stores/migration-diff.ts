import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { createLogger } from '../base/logger.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import type { Migration } from './migration-folder.ts';
import { openSchemaEngine } from './schema-engine.ts';

/**
 * The SQL that leads from a list of migrations to a schema, found out on a PostgreSQL of its own that is thrown away.
 *
 * @param migrations oldest first
 * @param schema the text of `schema.prisma`
 * @returns null when the migrations already lead there
 */
export async function diffMigrations(migrations: readonly Migration[], schema: string): Promise<string | null> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'colloquy-diff-'));
  try {
    const postgres = await startEmbeddedPostgres({ dataFolder, logger: createLogger({ level: 'silent' }), settings: { fsync: 'off' } });
    try {
      return await diffOn(postgres.connectionString, migrations, schema);
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/**
 * The same on an empty database that exists.
 *
 * @param connectionString the empty database; holds the result of the migrations afterwards
 */
export async function diffOn(connectionString: string, migrations: readonly Migration[], schema: string): Promise<string | null> {
  const pool = new Pool({ connectionString, max: 1 });
  try {
    const engine = await openSchemaEngine(pool, () => new Pool({ connectionString, max: 1 }));
    try {
      return await engine.diff(migrations, schema);
    } finally {
      engine.close();
    }
  } finally {
    await pool.end();
  }
}
