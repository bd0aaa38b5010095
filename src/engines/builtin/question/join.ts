import { spacedName, type Column, type Table } from '../column.ts';
import { explore, type Script } from '../script.ts';
import { identifier, where } from '../sql.ts';
import { counted, named, singular } from '../words.ts';

/** Two tables as one: each row of the one with what the other knows of it. */
export interface JoinedTable extends Table {
  readonly join: { readonly left: Table; readonly right: Table; readonly leftKey: Column; readonly rightKey: Column };
}

const mostJoins = 20;

/** Every pair of tables that can be joined by one key, of which each value stands in one row of the second at most. */
export function joinableTables(tables: readonly Table[]): readonly JoinedTable[] {
  return tables.flatMap((left) => tables.flatMap((right) => (left === right ? [] : joinOf(left, right)))).slice(0, mostJoins);
}

/** Whether a table is made of two. */
export function isJoined(table: Table): table is JoinedTable {
  return 'join' in table;
}

function words(name: string): string {
  return (
    spacedName(name)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
    .map((word) => singular(word))
    .join(' ');
}

/** Whether the columns mean the same thing: by their names, or "product id" and the "id" of "products". */
function isSameKey(left: Column, right: Column, rightTable: Table): boolean {
  const [one, other] = [words(left.name), words(right.name)];
  // Every table has an "id" of its own: that two of them agree says nothing.
  const isGeneric = /^(id|code|key|name|no|number|index|title|type|date|year)$/.test(other);
  const isAlike = isGeneric ? one === `${words(rightTable.name)} ${other}` || (other === 'id' && one === words(rightTable.name)) : one === other;
  return isAlike && left.isNumber === right.isNumber && left.time === null && right.time === null;
}

function isUnique(column: Column, table: Table): boolean {
  // Distinct counts of large tables are estimates; the data has the last word before anything is answered.
  return (
    column.filledCount > 0 &&
    column.filledCount === table.rowCount &&
    column.distinctCount >= column.filledCount * 0.97 &&
    !(column.isNumber && !column.isWhole)
  );
}

function joinOf(left: Table, right: Table): readonly JoinedTable[] {
  const pairs = left.columns.flatMap((leftKey) =>
    right.columns.flatMap((rightKey) => (isUnique(rightKey, right) && isSameKey(leftKey, rightKey, right) ? [{ leftKey, rightKey }] : [])),
  );
  const [key] = pairs.toSorted((one, other) => Number(/\bid$/.test(words(other.leftKey.name))) - Number(/\bid$/.test(words(one.leftKey.name))));
  if (key === undefined) return [];
  const taken = new Set(left.columns.map((column) => column.name.toLowerCase()));
  const added = right.columns
    .filter((column) => column !== key.rightKey)
    .map((column) => ({ column, name: taken.has(column.name.toLowerCase()) ? `${right.name} ${column.name}` : column.name }))
    .filter(({ name }) => !taken.has(name.toLowerCase()));
  const cast = (side: string, column: Column): string =>
    key.leftKey.profile.type === key.rightKey.profile.type ? `${side}.${column.sql}` : `CAST(${side}.${column.sql} AS VARCHAR)`;
  const columns = added.map(({ column, name }) => `, r.${column.sql} AS ${identifier(name)}`).join('');
  return [
    {
      name: `${left.name} with ${right.name}`,
      sql: `(SELECT l.*${columns} FROM ${left.sql} AS l LEFT JOIN ${right.sql} AS r ON ${cast('l', key.leftKey)} = ${cast('r', key.rightKey)})`,
      fileName: left.fileName,
      rowCount: left.rowCount,
      columns: [...left.columns, ...added.map(({ column, name }) => renamed(column, name, right.name, left.rowCount))],
      join: { left, right, ...key },
    },
  ];
}

/** A column of the second table as it stands beside the rows of the first: its values repeat. */
function renamed(column: Column, name: string, tableName: string, rowCount: number): Column {
  const sql = identifier(name);
  const time = column.time === null ? null : { ...column.time, expression: column.time.expression.replaceAll(column.sql, sql) };
  const repeats = column.role === 'label' && column.distinctCount < rowCount * 0.5;
  return { ...column, name, sql, otherName: `${singular(tableName)} ${column.name}`, time, role: repeats ? 'category' : column.role, filledCount: rowCount };
}

/** Looks whether a join is what it seems, and says by what the tables are joined. */
export function* checkJoin(table: JoinedTable): Script<{ readonly isSound: boolean; readonly text: string }> {
  const { left, right, leftKey, rightKey } = table.join;
  const [found] = yield* explore([
    `SELECT (SELECT count(${rightKey.sql}) - count(DISTINCT ${rightKey.sql}) FROM ${right.sql}) AS doubles, (SELECT count(*) FROM ${left.sql}${where([`${leftKey.sql} IS NULL OR CAST(${leftKey.sql} AS VARCHAR) NOT IN (SELECT CAST(${rightKey.sql} AS VARCHAR) FROM ${right.sql} WHERE ${rightKey.sql} IS NOT NULL)`])}) AS alone`,
  ]);
  const [doubles, alone] = [found?.rows[0]?.number('doubles') ?? 0, found?.rows[0]?.number('alone') ?? 0];
  const key = leftKey.name === rightKey.name ? named(leftKey.name) : `${named(leftKey.name)} and ${named(rightKey.name)}`;
  if (found === null || doubles > 0)
    return {
      isSound: false,
      text: `The question needs ${named(left.name)} and ${named(right.name)} together, but ${key} does not name one row of ${named(right.name)}, so rows would be counted twice.`,
    };
  const rest = alone === 0 ? '' : ` ${counted(alone, 'row')} of ${named(left.name)} ${alone === 1 ? 'has' : 'have'} no partner there.`;
  return { isSound: true, text: `I joined ${named(left.name)} with ${named(right.name)} by ${key}.${rest}\n\n` };
}
