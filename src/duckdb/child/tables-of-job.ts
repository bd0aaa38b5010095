import { messageOf } from '../../base/errors.ts';
import type { QueryJob, QueryTable } from '../protocol.ts';
import { parseDuckdbError } from './duckdb-error.ts';
import { ChildFailure, failureOf } from './failure.ts';
import { checkSql } from './guard.ts';
import { missingColumnOf, type HintContext } from './hints.ts';
import { quoteName, quoteString } from './quote.ts';
import type { Workbench } from './workbench.ts';

/** The tree of a text of SQL, as `json_serialize_sql` gives it: parsed, and not evaluated. */
export async function treeOf(workbench: Workbench, sql: string): Promise<string> {
  const [answer] = await workbench.all('SELECT json_serialize_sql($1::VARCHAR)::VARCHAR AS tree', [sql]);
  const tree = answer?.['tree'];
  if (typeof tree !== 'string') throw new ChildFailure('SQL_INVALID', 'The SQL could not be parsed.');
  return tree;
}

/**
 * Makes sure that SQL is one SELECT that may be run.
 *
 * @returns those of the tables that it reads
 */
export async function checkTables(workbench: Workbench, job: Pick<QueryJob, 'sql' | 'tables' | 'maxSqlCharacters'>): Promise<readonly QueryTable[]> {
  if (job.sql.length > job.maxSqlCharacters) {
    throw new ChildFailure('SQL_NOT_ALLOWED', `The SQL has ${job.sql.length} characters; at most ${job.maxSqlCharacters} are allowed.`);
  }
  // The parser's C strings end at a NUL: what is checked must be all that is run.
  if (job.sql.includes('\0')) throw new ChildFailure('SQL_INVALID', 'The SQL holds a NUL character; remove it.');
  const names = checkSql(
    await treeOf(workbench, job.sql),
    job.sql,
    job.tables.map((table) => table.name),
  );
  return job.tables.filter((table) => names.includes(table.name));
}

/**
 * Locks the database, and makes the tables readable by their names.
 *
 * @param others files that must be within reach beside them
 */
export async function openTables(workbench: Workbench, tables: readonly QueryTable[], others: readonly string[] = []): Promise<void> {
  try {
    // As JSON an error tells its place.
    await workbench.all('SET errors_as_json = true');
    // Locked first: then DuckDB takes the paths literally, where it would else take brackets and stars for a glob.
    await workbench.lock([...tables.map((table) => table.path), ...others]);
    for (const table of tables) await workbench.all(`CREATE VIEW ${quoteName(table.name)} AS SELECT * FROM read_parquet(${quoteString(table.path)})`);
  } catch (error) {
    // A file of ours that is missing or damaged is the server's fault, never the SQL's.
    throw new ChildFailure('INTERNAL_SERVER_ERROR', `The tables of the session could not be opened: ${messageOf(error)}`);
  }
}

/** Texts that nobody may be told: paths, and the folders that they are in. */
export function secretsOf(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => [path, path.slice(0, path.lastIndexOf('/') + 1)]);
}

/**
 * Does the work of a job, and tells what goes wrong in our words.
 *
 * @param about.paths what must not be told
 * @param about.sql the SQL that a person wrote: its errors get their place and what may help; null where all of it is ours
 * @throws ChildFailure
 */
export async function tellingFailures<Result>(
  workbench: Workbench,
  about: { readonly paths: readonly string[]; readonly sql: string | null },
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ChildFailure) throw error;
    const [text, secrets] = [messageOf(error), secretsOf(about.paths)];
    throw about.sql === null ? failureOf(text, secrets) : failureOf(text, secrets, { sql: about.sql, columns: await columnsNear(text, workbench) });
  }
}

/** The columns that are there, for an error about one that is not. */
async function columnsNear(text: string, workbench: Workbench): Promise<HintContext['columns']> {
  const error = parseDuckdbError(text);
  if (error === null || missingColumnOf(error) === null) return [];
  const rows = await workbench
    .all('SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index LIMIT 1000')
    .catch(() => []);
  return rows.map((row) => ({ table: String(row['table_name']), column: String(row['column_name']) }));
}
