import { allowedExpressions, allowedFunctions, allowedNodes, allowedTableFunctions } from './allowed-functions.ts';
import { ChildFailure } from './failure.ts';
import { foreignFunctionHint } from './foreign-functions.ts';
import { hintFor } from './hints.ts';
import { nearest } from '../../base/nearest.ts';
import { excerptAt, placeOf, type Place } from './place.ts';
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
      throw notSql(parsed.message, parsed.position, sql);
    case 'notSelect':
      throw notSelect(sql);
    case 'parsed': {
      const [statement, second] = parsed.statements;
      if (statement === undefined) throw new ChildFailure('SQL_INVALID', 'The SQL is empty; write one SELECT.');
      if (second !== undefined)
        throw new ChildFailure('SQL_NOT_ALLOWED', `Only one SELECT is allowed; this text holds ${parsed.statements.length} statements. Send them one by one.`);
      const used = new Set<string>();
      walk(statement, new Set(), { sql, tableNames, used });
      return [...used];
    }
  }
}

interface Walk {
  readonly sql: string;
  readonly tableNames: readonly string[];
  readonly used: Set<string>;
}

function notSql(message: string, offset: number | null, sql: string): ChildFailure {
  const place = offset === null ? null : placeOf(sql, offset);
  const { message: told, advice } = hintFor({ type: 'Parser', message, offset, name: null, subtype: null }, { sql, columns: [] }, place);
  return new ChildFailure('SQL_INVALID', `Parser Error: ${told}${advice === null ? '' : `\n${advice}`}${excerptAt(sql, place)}`, place);
}

function notSelect(sql: string): ChildFailure {
  const keyword = firstWord(sql)?.toUpperCase();
  if (keyword === 'PIVOT') {
    return new ChildFailure('SQL_NOT_ALLOWED', 'PIVOT needs the values of its columns here: PIVOT table ON column IN (value, value) USING sum(amount).');
  }
  const found = keyword === undefined || ['SELECT', 'WITH', 'FROM', 'VALUES'].includes(keyword) ? 'holds something else' : `begins with ${keyword}`;
  return new ChildFailure('SQL_NOT_ALLOWED', `Only one SELECT is allowed; this ${found}.`);
}

/** The word at the beginning, after blanks and comments. One expression for all of them could take exponential time. */
function firstWord(sql: string): string | null {
  const blank = /\s+|;|--[^\n]*|\/\*[^]*?\*\//y;
  let end = 0;
  while (blank.test(sql)) end = blank.lastIndex;
  return /^[A-Za-z]+/.exec(sql.slice(end))?.[0] ?? null;
}

/** A failure with its place. What is not allowed is not shown again: it may name a file. */
function refused(code: 'SQL_NOT_ALLOWED' | 'SQL_INVALID', message: string, node: SyntaxNode, context: Walk): ChildFailure {
  const place = placeOfNode(node, context);
  return new ChildFailure(code, code === 'SQL_INVALID' ? `${message}${excerptAt(context.sql, place)}` : message, place);
}

function placeOfNode(node: SyntaxNode, context: Walk): Place | null {
  const offset = node['query_location'];
  return typeof offset === 'number' ? placeOf(context.sql, offset) : null;
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
  const isCte = textOf(node, 'type') === 'RECURSIVE_CTE_NODE' || textOf(node, 'type') === 'CTE_NODE';
  const map = node['cte_map'];
  const entries = isNode(map) ? nodesOf(map['map']) : [];
  // Nearly all nodes leave the scope as it is; copies for each of them would take time in proportion to the square of the SQL.
  if (!isCte && entries.length === 0) return scope;
  const inner = new Set(scope);
  if (isCte) inner.add(textOf(node, 'cte_name').toLowerCase());
  for (const entry of entries) {
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
      throw refused('SQL_NOT_ALLOWED', 'Parameters such as ? and $1 have no values here; write the values into the SQL.', node, context);
    if (typeof expression !== 'string' || !allowedExpressions.has(expression)) throw unknownKind(String(expression), node, context);
  } else if (typeof type === 'string' && !allowedNodes.has(type) && !isJustText(node)) {
    throw unknownKind(type, node, context);
  }
  if (type === 'BASE_TABLE') checkTable(node, scope, context);
  if (type === 'SHOW_REF') checkShow(node, context);
  if (typeof node['function_name'] === 'string') checkFunction(node, expression === 'WINDOW' ? 'WINDOW' : 'FUNCTION', context);
  const tableFunction = node['function'];
  if (type === 'TABLE_FUNCTION' && isNode(tableFunction)) checkTableFunction(tableFunction, context);
}

/** Nodes whose `type` is no kind of node: the order and null order of an ORDER BY, and what belongs to the type of a cast. */
function isJustText(node: SyntaxNode): boolean {
  return ('null_order' in node && 'expression' in node) || textOf(node, 'type').endsWith('_TYPE_INFO');
}

function unknownKind(kind: string, node: SyntaxNode, context: Walk): ChildFailure {
  return refused('SQL_NOT_ALLOWED', `This kind of SQL (${kind.toLowerCase().replaceAll('_', ' ')}) is not among those that are allowed.`, node, context);
}

function checkTable(node: SyntaxNode, scope: ReadonlySet<string>, context: Walk): void {
  const name = textOf(node, 'table_name');
  const schema = [textOf(node, 'catalog_name'), textOf(node, 'schema_name')].filter((part) => part !== '' && part !== 'main' && part !== 'memory');
  const available =
    context.tableNames.length === 0 ? 'There are no tables yet.' : `The tables are ${context.tableNames.map((table) => `"${table}"`).join(', ')}.`;
  if (schema.length > 0) throw refused('SQL_NOT_ALLOWED', `Only the tables of the session can be read, without a schema in front. ${available}`, node, context);
  if (scope.has(name.toLowerCase())) return;
  const table = context.tableNames.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (table !== undefined) {
    context.used.add(table);
    return;
  }
  // A name that reads like a file or an address is not repeated: it may be a path.
  if (/[/\\:*?[\]]|\.[a-z0-9]+$/i.test(name)) {
    throw refused('SQL_NOT_ALLOWED', `Files cannot be read, only the tables of the session. ${available}`, node, context);
  }
  if (/^(information_schema|pg_|sqlite_|duckdb_|pragma_)/i.test(name)) {
    throw refused('SQL_NOT_ALLOWED', `The catalog cannot be read; use DESCRIBE and a table for its columns. ${available}`, node, context);
  }
  const guess = nearest(name, [...context.tableNames, ...scope]);
  throw refused(
    'SQL_INVALID',
    `Catalog Error: Table with name ${name.slice(0, 100)} does not exist!${guess === null ? '' : ` Did you mean "${guess}"?`} ${available}`,
    node,
    context,
  );
}

function checkShow(node: SyntaxNode, context: Walk): void {
  const isAboutQuery = isNode(node['query']) && ['DESCRIBE', 'SUMMARY'].includes(textOf(node, 'show_type'));
  const isTableList = textOf(node, 'table_name') === '"tables"' && node['query'] === null;
  if (isTableList) for (const name of context.tableNames) context.used.add(name);
  if (!isAboutQuery && !isTableList) throw new ChildFailure('SQL_NOT_ALLOWED', 'Of the SHOW statements only SHOW TABLES, DESCRIBE and SUMMARIZE are allowed.');
}

function checkFunction(node: SyntaxNode, kind: 'FUNCTION' | 'WINDOW', context: Walk): void {
  const name = textOf(node, 'function_name').toLowerCase();
  const schema = textOf(node, 'schema').toLowerCase();
  if (name.startsWith('`')) throw refused('SQL_INVALID', 'Parser Error: Names stand in double quotes, not in backticks: "name".', node, context);
  const isOperator = kind === 'FUNCTION' && /^[^a-z0-9_\s]+$/.test(name);
  if ((isOperator || allowedFunctions.has(name) || allowedTableFunctions.has(name)) && ['', 'main', 'pg_catalog'].includes(schema)) return;
  const guess = nearest(name, [...allowedFunctions]);
  const help = foreignFunctionHint(name) ?? (guess === null ? '' : `Did you mean "${guess}"?`);
  throw refused('SQL_NOT_ALLOWED', `The function ${name.slice(0, 100)} is not among those that SQL may call here. ${help}`.trim(), node, context);
}

function checkTableFunction(node: SyntaxNode, context: Walk): void {
  const name = textOf(node, 'function_name').toLowerCase();
  if (allowedTableFunctions.has(name)) return;
  throw refused(
    'SQL_NOT_ALLOWED',
    `The table function ${name.slice(0, 100)} is not allowed: only the tables of the session and ${[...allowedTableFunctions].join(', ')} can stand after FROM.`,
    node,
    context,
  );
}
