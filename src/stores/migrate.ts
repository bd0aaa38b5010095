import { Pool } from 'pg';
import { AppError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { compareHistory, readHistory, type AppliedMigration } from './migration-history.ts';
import { readMigrations, type Migration } from './migration-folder.ts';
import { openSchemaEngine } from './schema-engine.ts';

/** Prisma's advisory lock on migrations (source: `LOCK_KEY` in prisma-engines, sql-schema-connector). */
const migrationLock = 72_707_369;

/** How a database is brought up to date. */
export interface MigrateOptions {
  /** A direct connection: a pooler that hands connections out by the transaction breaks the lock. */
  readonly connectionString: string;
  readonly logger: Logger;
  /** The migrations, oldest first; those of the product by default. */
  readonly migrations?: readonly Migration[];
  /** How long to wait until the server takes the connection; 10 s by default. */
  readonly connectTimeoutMs?: number;
  /** How long to wait for another process that migrates, and for each lock on a table; 60 s by default. */
  readonly lockTimeoutMs?: number;
  /** How long one migration may take; 10 min by default. */
  readonly statementTimeoutMs?: number;
}

/**
 * Brings a database up to date, once, however many servers start at once. Each migration is one transaction together with its record
 * in `_prisma_migrations`, so whoever is killed in the middle leaves nothing behind. When there is nothing to do it costs two small queries.
 *
 * @returns the names of the migrations that this process applied
 * @throws AppError SERVICE_UNAVAILABLE when the server cannot be reached, another process migrates for too long, a migration fails, or
 *   the database was migrated by a newer version, by a changed migration, or incompletely by another tool; the message says what to do
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const { logger, connectTimeoutMs = 10_000, lockTimeoutMs = 60_000, statementTimeoutMs = 600_000 } = options;
  const migrations = options.migrations ?? (await readMigrations());
  const pool = new Pool({
    connectionString: options.connectionString,
    application_name: 'colloquy migrations',
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: connectTimeoutMs,
  });
  pool.on('error', (error) => logger.warn({ reason: error.message }, 'the connection for migrations was cut'));
  // The lock and the transaction belong to the one connection: a second one would go on without them.
  pool.once('remove', () => void endOnce(pool));
  try {
    if (compareHistory(migrations, await reach(pool)).pending.length === 0) return [];
    await pool.query(`SET lock_timeout = ${lockTimeoutMs}; SET statement_timeout = ${statementTimeoutMs}`);
    await takeLock(pool, lockTimeoutMs);
    const { pending } = compareHistory(migrations, await readHistory(pool));
    if (pending.length > 0) await applyEach(pool, migrations, pending, logger);
    return pending.map(({ name }) => name);
  } finally {
    await endOnce(pool);
  }
}

async function reach(pool: Pool): Promise<readonly AppliedMigration[]> {
  try {
    return await readHistory(pool);
  } catch (error) {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `The database cannot be reached: ${messageOf(error) || 'no answer'}. Check DATABASE_URL, and that the server runs and takes connections from here.`,
      {
        cause: error,
      },
    );
  }
}

async function takeLock(pool: Pool, lockTimeoutMs: number): Promise<void> {
  try {
    await pool.query('SELECT pg_advisory_lock($1)', [migrationLock]);
  } catch (error) {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `Another process has been migrating the database for more than ${lockTimeoutMs} ms (${messageOf(error)}). Wait until it is done and start again; "SELECT pid FROM pg_locks WHERE objid = ${migrationLock}" finds it.`,
      { cause: error },
    );
  }
}

/** One at a time, each with those before it: a value added to an enum can only be used after the transaction that added it. */
async function applyEach(pool: Pool, migrations: readonly Migration[], pending: readonly Migration[], logger: Logger): Promise<void> {
  const engine = await openSchemaEngine(pool);
  try {
    for (const migration of pending) {
      const startedAt = performance.now();
      const later = new Set(pending.slice(pending.indexOf(migration) + 1));
      await pool.query('BEGIN');
      try {
        await engine.apply(migrations.filter((candidate) => !later.has(candidate)));
        await pool.query('COMMIT');
      } catch (error) {
        await pool.query('ROLLBACK').catch(() => undefined);
        throw new AppError(
          'SERVICE_UNAVAILABLE',
          `The migration ${migration.name} failed and was rolled back: ${messageOf(error).replace(/\.$/, '')}. The database is as it was before; the version of the server that used it until now still works with it.`,
          { cause: error },
        );
      }
      logger.info({ migration: migration.name, elapsedMs: Math.round(performance.now() - startedAt) }, 'a migration was applied');
    }
  } finally {
    engine.close();
  }
}

async function endOnce(pool: Pool): Promise<void> {
  if (!pool.ending) await pool.end();
}
