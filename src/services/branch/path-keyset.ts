import type { Page, Position } from '../../base/page.ts';

/**
 * A keyset page of the branch that people see, in SQL: ordered by depth, of which a branch has one message each. The cursors are those of
 * messages; one whose message is deleted stands where its moment would.
 *
 * @param page which messages
 * @param conversation the SQL of the conversation's id
 * @param firstParameter the number of the first free parameter of the statement
 * @returns as `keysetSql` does; the conditions also leave out what is not on the branch
 */
export function pathKeysetSql(page: Page, conversation: string, firstParameter: number) {
  const values: unknown[] = [];
  const beyond = (position: Position | null, operator: '<' | '>'): string => {
    if (position === null) return '';
    const parameter = firstParameter + values.length;
    values.push(position.id, position.at);
    const active = `FROM messages n WHERE n.conversation_id = ${conversation} AND n.is_active AND n.created_at`;
    const nearest =
      operator === '>'
        ? `(SELECT max(n.depth) ${active} < $${parameter + 1}::timestamptz)`
        : `(SELECT min(n.depth) ${active} > $${parameter + 1}::timestamptz)`;
    const outside = operator === '>' ? -1 : 2 ** 31 - 1;
    return ` AND m.depth ${operator} COALESCE((SELECT n.depth FROM messages n WHERE n.id = $${parameter}::uuid AND n.conversation_id = ${conversation}), ${nearest}, ${outside})`;
  };
  const where = ` AND m.is_active${beyond(page.after, '>')}${beyond(page.before, '<')}`;
  values.push(page.limit);
  const limit = `ORDER BY m.depth ${page.isReversed ? 'DESC' : 'ASC'} LIMIT $${firstParameter + values.length - 1}`;
  return { where, limit, values } as const;
}
