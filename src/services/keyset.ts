import type { Page, Position } from '../base/page.ts';

/**
 * A keyset page in SQL, for a list that is ordered by a moment and then by id, both in the same direction.
 *
 * @param page which rows
 * @param direction the order of the list as people see it; a reversed page is read from its other end
 * @param moment the SQL of the column with the moment, for example `c.updated_at`
 * @param id the SQL of the column with the id
 * @param firstParameter the number of the first free parameter of the statement
 * @returns conditions to append to a WHERE, the ORDER BY and LIMIT, and the values of the parameters
 */
export function keysetSql(page: Page, direction: 'ASC' | 'DESC', moment: string, id: string, firstParameter: number) {
  const values: unknown[] = [];
  const beyond = (position: Position | null, operator: '<' | '>'): string => {
    if (position === null) return '';
    const parameter = firstParameter + values.length;
    values.push(position.at, position.id);
    return ` AND (${moment}, ${id}) ${operator} ($${parameter}::timestamptz, $${parameter + 1}::uuid)`;
  };
  const where = beyond(page.after, direction === 'DESC' ? '<' : '>') + beyond(page.before, direction === 'DESC' ? '>' : '<');
  const order = (direction === 'DESC') !== page.isReversed ? 'DESC' : 'ASC';
  values.push(page.limit);
  const limit = `ORDER BY ${moment} ${order}, ${id} ${order} LIMIT $${firstParameter + values.length - 1}`;
  return { where, limit, values } as const;
}
