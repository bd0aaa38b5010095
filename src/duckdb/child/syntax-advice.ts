import { editDistance } from '../../base/edit-distance.ts';
import type { DuckdbError } from './duckdb-error.ts';

/** What stands in SQL of other databases, and what to write in place of it. */
const habits: readonly (readonly [RegExp, string])[] = [
  [/^\s*select\s+top\s*\(?\s*\d/i, 'Write LIMIT at the end in place of TOP at the beginning.'],
  [/[“”‘’„]/, 'Write straight quotes: single ones around texts, double ones around names.'],
  [/\blimit\s+\d+\s*,\s*\d+/i, 'Write LIMIT count OFFSET start in place of LIMIT start, count.'],
  [/\b(?:regexp|rlike)\s+'/i, "Write regexp_matches(column, 'pattern') in place of REGEXP and RLIKE."],
  [/\bminus\s+select\b/i, 'Write EXCEPT in place of MINUS.'],
  [/\bwith\s*\(\s*nolock\s*\)/i, 'Leave WITH (NOLOCK) out.'],
  [/\bconnect\s+by\b/i, 'Write WITH RECURSIVE in place of CONNECT BY.'],
  [/`/, 'Names stand in double quotes, not in backticks: "name".'],
  [/'[^'\n]*'[a-z]+\b[^'\n]*'/i, "A quote inside of a text is written twice: 'it''s'."],
  [/\bjoin\s+[\w".]+(?:\s+(?:as\s+)?\w+)?\s*(?:;?$|\bwhere\b|\bgroup\b|\border\b|\blimit\b)/i, 'A JOIN needs ON a condition, or USING (column).'],
  [/,\s*(?:where|group|order)\b/i, 'A comma stands before a keyword; leave it out.'],
];

const keywords = ['SELECT', 'DISTINCT', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'QUALIFY', 'ORDER', 'LIMIT', 'OFFSET', 'JOIN', 'UNION', 'WITH'];
const clauses = new Set(['FROM', 'WHERE', 'GROUP', 'HAVING', 'QUALIFY', 'ORDER', 'LIMIT']);

/**
 * What may help with SQL that cannot be parsed.
 *
 * @returns null when nothing comes to mind
 */
export function syntaxAdvice(error: DuckdbError, sql: string): string | null {
  const habit = habits.find(([pattern]) => pattern.test(sql.trim()))?.[1];
  if (habit !== undefined) return habit;
  if (/unterminated quoted/i.test(error.message)) return "A quote inside of a text is written twice: 'it''s'.";
  const before = error.offset === null ? sql : Buffer.from(sql).subarray(0, error.offset).toString();
  const near = /at or near "(\w+)"/.exec(error.message)?.[1] ?? '';
  const misspelt = [near, /(\w+)\s*$/.exec(before)?.[1] ?? ''].map(keywordLike).find((keyword) => keyword !== null);
  if (misspelt !== undefined && misspelt !== null) return `Did you mean ${misspelt}?`;
  if (openParentheses(before) > 0) return 'A parenthesis is not closed.';
  if (clauses.has(near.toUpperCase())) return 'The order is SELECT, FROM, WHERE, GROUP BY, HAVING, QUALIFY, ORDER BY, LIMIT.';
  return null;
}

/** The keyword that a word nearly is; null for a keyword itself. */
function keywordLike(word: string): string | null {
  const written = word.toUpperCase();
  if (written.length < 4 || written.length > 12 || keywords.includes(written)) return null;
  return keywords.find((keyword) => editDistance(written, keyword) === 1) ?? null;
}

function openParentheses(sql: string): number {
  const code = sql.replaceAll(/'[^']*'|"[^"]*"|--[^\n]*/g, '');
  return code.split('(').length - code.split(')').length;
}
