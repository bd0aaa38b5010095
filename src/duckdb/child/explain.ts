import type { Explanation, ExplainJob } from '../table-job.ts';
import { cleanMessage } from './failure.ts';
import { quoteName } from './quote.ts';
import { createResultView } from './result-view.ts';
import { shownColumns } from './run-query.ts';
import { checkTables, openTables, secretsOf, tellingFailures, treeOf } from './tables-of-job.ts';
import { isNode, nodesOf, textOf } from './syntax-tree.ts';
import type { Workbench } from './workbench.ts';
import { describe } from './describe.ts';

const longestPlan = 100_000;

/** What a syntax tree says of columns, all names in lower case. */
interface NamedColumns {
  /** The names behind the names of the tables that they are qualified with; behind the empty text those that stand alone. */
  readonly names: Map<string, Set<string>>;
  /** The tables behind their names in the SQL. */
  readonly aliases: Map<string, Set<string>>;
  hasStar: boolean;
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key.toLowerCase(), (map.get(key.toLowerCase()) ?? new Set()).add(value.toLowerCase()));
}

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

function collect(value: unknown, found: NamedColumns): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  if (!isNode(value)) return;
  if (value['class'] === 'COLUMN_REF') {
    // Of `a.b` it takes the binder to know whether it is a column of a table, or a field of a column.
    const [first = '', second] = textsOf(value['column_names']);
    add(found.names, '', second === undefined ? first : '');
    if (second !== undefined) {
      add(found.names, first, second);
      add(found.names, '', first);
    }
  }
  // USING names columns without being an expression.
  for (const name of textsOf(value['using_columns'])) add(found.names, '', name);
  if (value['type'] === 'BASE_TABLE') add(found.aliases, textOf(value, 'alias') || textOf(value, 'table_name'), textOf(value, 'table_name'));
  if (value['class'] === 'STAR' || value['type'] === 'SHOW_REF') found.hasStar = true;
  for (const child of Object.values(value)) collect(child, found);
}

/** Whether the SQL names a column of a table, or may do so. */
function isNamed(found: NamedColumns, table: string, column: string): boolean {
  if (found.hasStar || found.names.get('')?.has(column) === true) return true;
  return [...found.aliases].some(([alias, tables]) => tables.has(table) && found.names.get(alias)?.has(column) === true);
}

/** The texts with which the plan names the columns that it reads from files, joined. */
function scannedTexts(plan: unknown): string {
  return nodesOf(plan)
    .map((node) => {
      const facts = node['extra_info'];
      const own = textOf(node, 'name').trim() === 'READ_PARQUET' && isNode(facts) ? JSON.stringify([facts['Projections'] ?? '', facts['Filters'] ?? '']) : '';
      return own + scannedTexts(node['children']);
    })
    .join('\n');
}

/**
 * Tells what a SELECT would do, without running it: DuckDB's plan, and which columns of which tables it reads. Those are the columns that
 * both the SQL names (or takes with a star) and the plan reads; where the plan reads no file at all, none.
 *
 * @throws ChildFailure as for running it
 */
export async function explainQuery(bench: Workbench, job: ExplainJob): Promise<Explanation> {
  const paths = job.tables.map(({ path }) => path);
  return tellingFailures(bench, { paths, sql: job.sql }, async () => {
    const used = await checkTables(bench, job);
    await openTables(bench, used);
    await bench.check(job.sql);
    const view = await createResultView(bench, job.sql);
    const [drawn] = await bench.all(`EXPLAIN SELECT * FROM ${view.name}`);
    const [structured] = await bench.all(`EXPLAIN (FORMAT json) SELECT * FROM ${view.name}`);
    const scanned = scannedTexts(JSON.parse(String(structured?.['explain_value'] ?? '[]'))).toLowerCase();
    const named: NamedColumns = { names: new Map(), aliases: new Map(), hasStar: false };
    collect(JSON.parse(await treeOf(bench, job.sql)), named);
    const reads: { table: string; columns: string[] }[] = [];
    for (const { name } of used) {
      const columns = (await describe(bench, `SELECT * FROM ${quoteName(name)}`)).map((column) => column.name);
      const isRead = (column: string): boolean => isNamed(named, name.toLowerCase(), column.toLowerCase()) && scanned.includes(column.toLowerCase());
      reads.push({ table: name, columns: columns.filter(isRead) });
    }
    return { plan: cleanMessage(String(drawn?.['explain_value'] ?? ''), secretsOf(paths), longestPlan), columns: shownColumns(view.columns), reads };
  });
}
