import type { Pool } from 'pg';
import { AppError } from '../base/errors.ts';
import type { Migration } from './migration-folder.ts';

/** A row of Prisma's `_prisma_migrations`. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
  /** What went wrong, as the tool that applied it wrote it down. */
  readonly logs: string | null;
}

/**
 * Reads which migrations a database has seen, without those that were rolled back.
 *
 * @returns nothing for a database that was never migrated
 */
export async function readHistory(pool: Pool): Promise<readonly AppliedMigration[]> {
  // Asked first, because a query that fails costs the pool its connection.
  const { rows: found } = await pool.query<{ exists: boolean }>("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists");
  if (found[0]?.exists !== true) return [];
  const { rows } = await pool.query<AppliedMigration>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished", logs
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`,
  );
  return rows;
}

/**
 * Compares the migrations that we bring with those that a database has seen.
 *
 * @returns those that it lacks, oldest first
 * @throws AppError SERVICE_UNAVAILABLE when the database has one that failed, that we do not know, or that has been changed since
 */
export function compareHistory(migrations: readonly Migration[], history: readonly AppliedMigration[]): { readonly pending: readonly Migration[] } {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, isFinished, logs } of history) {
    const migration = known.get(name);
    if (migration === undefined) {
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        `The database has the migration ${name}, which this version of the server does not know: a newer version has used it. Start that version, or restore a backup from before the upgrade.`,
      );
    }
    if (!isFinished) {
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        `The migration ${name} was begun by another tool and did not finish${logs === null ? '' : ` (${logs.trim()})`}. Mend the database, then run "npx prisma migrate resolve --applied ${name}" or "--rolled-back ${name}", and start again.`,
      );
    }
    if (migration.checksum !== checksum) {
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        `The migration ${name} has been changed since it was applied to this database. Put back its migration.sql and make a new migration for the change; or, when the data is not needed, start with an empty database.`,
      );
    }
  }
  const applied = new Set(history.map(({ name }) => name));
  return { pending: migrations.filter(({ name }) => !applied.has(name)) };
}
