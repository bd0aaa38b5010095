import type { Client } from 'pg';

/** The catalogs in which everything that a test may change about a database leaves a row, or misses one. */
const catalogs = ['pg_attrdef', 'pg_attribute', 'pg_class', 'pg_constraint', 'pg_extension', 'pg_index', 'pg_namespace', 'pg_proc', 'pg_trigger', 'pg_type'];

/** The table of the migrations has rows of its own, which are kept. */
const migrations = '_prisma_migrations';

/** What else may have changed. */
const facts = [
  "SELECT concat_ws(' ', datallowconn, datconnlimit, datacl, datdba) FROM pg_database WHERE datname = current_database()",
  'SELECT count(*) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database()',
  'SELECT count(last_value) FROM pg_sequences',
  // That of the migrations gets its statistics by itself at any time.
  `SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND tablename <> '${migrations}'`,
  `SELECT sum(hashtext(m::text)) FROM ${migrations} m`,
  // A large one is sooner copied than emptied.
  'SELECT pg_database_size(current_database()) > 32 * 1024 * 1024',
];

/**
 * What a database is, apart from the rows in its tables: two of the same mark have the same tables, triggers, migrations and statistics. It
 * is how many rows each catalog has, and which transaction wrote one last, which a copy of a database keeps.
 */
export async function markOf(client: Client): Promise<string> {
  const marks = [...catalogs.map((name) => `SELECT concat_ws(' ', count(*), max(xmin::text::bigint)) FROM ${name}`), ...facts];
  const { rows } = await client.query<{ mark: string }>(`SELECT concat_ws(', ', ${marks.map((mark) => `(${mark})`).join(', ')}) AS mark`);
  return rows[0]?.mark ?? '';
}

/** Empties the tables of a database, as if nothing had ever been in them. */
export async function emptyTables(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '${migrations}' AND pg_relation_size(oid) > 0`,
  );
  if (rows.length === 0) return;
  await client.query('SET synchronous_commit = off');
  // Neither foreign keys nor triggers have a word.
  const deletions = rows.map(({ name }) => `DELETE FROM ${name}`);
  await client.query(['BEGIN', "SET LOCAL session_replication_role = 'replica'", ...deletions, 'COMMIT'].join('; '));
  // Gives the pages back, so that rows lie in the order in which the next test writes them.
  await client.query(`VACUUM ${rows.map(({ name }) => name).join(', ')}`);
}
