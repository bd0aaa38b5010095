import { allowedExpressions, allowedFunctions, allowedNodes, allowedTableFunctions } from './allowed-functions.ts';
import { ChildFailure } from './failure.ts';
import { nearest } from './nearest.ts';
import { isNode, nodesOf, parseSyntaxTree, textOf, type SyntaxNode } from './syntax-tree.ts';

/**
 * Checks the tree of a text of SQL against the allow-lists: one SELECT, over the given tables and its own CTEs, with functions that only
 * compute. It is a courtesy, which explains what is refused; the locked process is the wall.
 *
 * @param serialized what `json_serialize_sql` answered for the text; it parses and evaluates nothing
 * @param sql the text itself, for messages
 * @param tableNames the names that may be read
 * @returns those of the names that the SQL reads
 * @throws ChildFailure SQL_NOT_ALLOWED for what is refused, SQL_INVALID for what is not SQL or names an unknown table
 */
export function checkSql(serialized: string, sql: string, tableNames: readonly string[]): readonly string[] {
  const parsed = parseSyntaxTree(serialized);
  switch (parsed.kind) {
    case 'invalid':
      throw new ChildFailure('SQL_INVALID', `Parser Error: ${parsed.message}${lineAt(sql, parsed.position)}`);
    case 'notSelect':
      throw notSelect(sql);
    case 'parsed': {
      const [statement, second] = parsed.statements;
      if (statement === undefined) throw new ChildFailure('SQL_INVALID', 'The SQL is empty; write one SELECT.');
      if (second !== undefined)
        throw new ChildFailure('SQL_NOT_ALLOWED', `Only one SELECT is allowed; this text holds ${parsed.statements.length} statements. Send them one by one.`);
      const used = new Set<string>();
      walk(statement, new Set(), { tableNames, used });
      return [...used];
    }
  }
}

interface Walk {
  readonly tableNames: readonly string[];
  readonly used: Set<string>;
}

function notSelect(sql: string): ChildFailure {
  const keyword = /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/|;)*([A-Za-z]+)/.exec(sql)?.[1]?.toUpperCase();
  if (keyword === 'PIVOT') {
    return new ChildFailure('SQL_NOT_ALLOWED', 'PIVOT needs the values of its columns here: PIVOT table ON column IN (value, value) USING sum(amount).');
  }
  const found = keyword === undefined || ['SELECT', 'WITH', 'FROM', 'VALUES'].includes(keyword) ? 'holds something else' : `begins with ${keyword}`;
  return new ChildFailure('SQL_NOT_ALLOWED', `Only one SELECT is allowed; this ${found}.`);
}

/** The line of a position with a mark under the place, as DuckDB itself shows it. */
function lineAt(sql: string, position: number | null): string {
  if (position === null || position > sql.length) return '';
  const before = sql.slice(0, position).split('\n');
  const column = before.at(-1)?.length ?? 0;
  const line = sql.split('\n')[before.length - 1] ?? '';
  const from = Math.max(0, column - 60);
  const label = `LINE ${before.length}: `;
  return `\n\n${label}${line.slice(from, column + 60)}\n${' '.repeat(label.length + column - from)}^`;
}

function walk(value: unknown, scope: ReadonlySet<string>, context: Walk): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, scope, context);
    return;
  }
  if (!isNode(value)) return;
  checkNode(value, scope, context);
  const inner = scopeOf(value, scope, context);
  for (const [key, child] of Object.entries(value)) {
    if (key !== 'cte_map') walk(child, inner, context);
  }
}

/** A CTE is known to those after it and to the query; to itself only where it is recursive. Else its name could stand for a file. */
function scopeOf(node: SyntaxNode, scope: ReadonlySet<string>, context: Walk): ReadonlySet<string> {
  const inner = new Set(scope);
  if (textOf(node, 'type') === 'RECURSIVE_CTE_NODE' || textOf(node, 'type') === 'CTE_NODE') inner.add(textOf(node, 'cte_name').toLowerCase());
  const map = node['cte_map'];
  for (const entry of isNode(map) ? nodesOf(map['map']) : []) {
    const name = textOf(entry, 'key').toLowerCase();
    walk(entry['value'], inner, context);
    inner.add(name);
  }
  return inner;
}

function checkNode(node: SyntaxNode, scope: ReadonlySet<string>, context: Walk): void {
  const type = node['type'];
  const expression = node['class'];
  if (expression !== undefined) {
    if (expression === 'PARAMETER')
      throw new ChildFailure('SQL_NOT_ALLOWED', 'Parameters such as ? and $1 have no values here; write the values into the SQL.');
    if (typeof expression !== 'string' || !allowedExpressions.has(expression)) throw unknownKind(String(expression));
  } else if (typeof type === 'string' && !allowedNodes.has(type) && !isJustText(node)) {
    throw unknownKind(type);
  }
  if (type === 'BASE_TABLE') checkTable(node, scope, context);
  if (type === 'SHOW_REF') checkShow(node, context);
  if (typeof node['function_name'] === 'string') checkFunction(node, expression === 'WINDOW' ? 'WINDOW' : 'FUNCTION');
  const tableFunction = node['function'];
  if (type === 'TABLE_FUNCTION' && isNode(tableFunction)) checkTableFunction(textOf(tableFunction, 'function_name'));
}

/** Nodes whose `type` is no kind of node: the order and null order of an ORDER BY, and what belongs to the type of a cast. */
function isJustText(node: SyntaxNode): boolean {
  return ('null_order' in node && 'expression' in node) || textOf(node, 'type').endsWith('_TYPE_INFO');
}

function unknownKind(kind: string): ChildFailure {
  return new ChildFailure('SQL_NOT_ALLOWED', `This kind of SQL (${kind.toLowerCase().replaceAll('_', ' ')}) is not among those that are allowed.`);
}

function checkTable(node: SyntaxNode, scope: ReadonlySet<string>, context: Walk): void {
  const name = textOf(node, 'table_name');
  const schema = [textOf(node, 'catalog_name'), textOf(node, 'schema_name')].filter((part) => part !== '' && part !== 'main' && part !== 'memory');
  const available =
    context.tableNames.length === 0 ? 'There are no tables yet.' : `The tables are ${context.tableNames.map((table) => `"${table}"`).join(', ')}.`;
  if (schema.length > 0) throw new ChildFailure('SQL_NOT_ALLOWED', `Only the tables of the session can be read, without a schema in front. ${available}`);
  if (scope.has(name.toLowerCase())) return;
  const table = context.tableNames.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (table !== undefined) {
    context.used.add(table);
    return;
  }
  // A name that reads like a file or an address is not repeated: it may be a path.
  if (/[/\\:*?[\]]|\.[a-z0-9]+$/i.test(name)) throw new ChildFailure('SQL_NOT_ALLOWED', `Files cannot be read, only the tables of the session. ${available}`);
  if (/^(information_schema|pg_|sqlite_|duckdb_|pragma_)/i.test(name)) {
    throw new ChildFailure('SQL_NOT_ALLOWED', `The catalog cannot be read; use DESCRIBE and a table for its columns. ${available}`);
  }
  const guess = nearest(name, [...context.tableNames, ...scope]);
  throw new ChildFailure(
    'SQL_INVALID',
    `Catalog Error: Table with name ${name.slice(0, 100)} does not exist!${guess === null ? '' : ` Did you mean "${guess}"?`} ${available}`,
  );
}

function checkShow(node: SyntaxNode, context: Walk): void {
  const isAboutQuery = isNode(node['query']) && ['DESCRIBE', 'SUMMARY'].includes(textOf(node, 'show_type'));
  const isTableList = textOf(node, 'table_name') === '"tables"' && node['query'] === null;
  if (isTableList) for (const name of context.tableNames) context.used.add(name);
  if (!isAboutQuery && !isTableList) throw new ChildFailure('SQL_NOT_ALLOWED', 'Of the SHOW statements only SHOW TABLES, DESCRIBE and SUMMARIZE are allowed.');
}

function checkFunction(node: SyntaxNode, kind: 'FUNCTION' | 'WINDOW'): void {
  const name = textOf(node, 'function_name').toLowerCase();
  const schema = textOf(node, 'schema').toLowerCase();
  const isOperator = kind === 'FUNCTION' && /^[^a-z0-9_\s]+$/.test(name);
  if ((isOperator || allowedFunctions.has(name) || allowedTableFunctions.has(name)) && ['', 'main', 'pg_catalog'].includes(schema)) return;
  const guess = nearest(name, [...allowedFunctions]);
  throw new ChildFailure(
    'SQL_NOT_ALLOWED',
    `The function ${name.slice(0, 100)} is not among those that SQL may call here.${guess === null ? '' : ` Did you mean "${guess}"?`}`,
  );
}

function checkTableFunction(functionName: string): void {
  const name = functionName.toLowerCase();
  if (allowedTableFunctions.has(name)) return;
  throw new ChildFailure(
    'SQL_NOT_ALLOWED',
    `The table function ${name.slice(0, 100)} is not allowed: only the tables of the session and ${[...allowedTableFunctions].join(', ')} can stand after FROM.`,
  );
}
