import type { DataDescription } from '../../base/table.ts';

/** The units of the columns of a session by their names; a name that has different units in different tables has none. */
export function unitsOf({ tables }: DataDescription): Readonly<Record<string, string>> {
  const units = new Map<string, string | null>();
  for (const column of tables.flatMap((table) => table.columns)) {
    const { unit } = column;
    const known = units.get(column.name);
    units.set(column.name, known === undefined || known === unit ? unit : null);
  }
  return Object.fromEntries([...units].flatMap(([name, unit]) => (unit === null ? [] : [[name, unit]])));
}
