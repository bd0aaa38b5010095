import { z } from 'zod';
import type { Page, SortedPlace } from '../base/page.ts';
import { isCalendarDate } from './planner/calendar.ts';

/** In which direction a list goes. */
export type SortDirection = 'ASC' | 'DESC';

/** A value of rows that a list can be ordered by, before their id. Rows without the value come last, whatever the direction. */
export interface SortKey {
  /** Its SQL. */
  readonly sql: string;
  /** The type in SQL, for what comes out of a cursor. */
  readonly type: string;
  /** The SQL of the value as the text that stands in a cursor. */
  readonly text: string;
  /** What such a text looks like. */
  readonly shape: z.ZodType<string>;
  /** Whether rows may lack the value. An index helps only where none can. */
  readonly isOptional: boolean;
}

/** A moment. */
export const momentKey = (sql: string): SortKey => ({
  sql,
  type: 'timestamptz',
  text: `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  shape: z.iso.datetime(),
  isOptional: false,
});

/** A day. */
export const dateKey = (sql: string, isOptional: boolean): SortKey => ({
  sql,
  type: 'date',
  text: `to_char(${sql}, 'YYYY-MM-DD')`,
  shape: z.string().refine(isCalendarDate),
  isOptional,
});

/** A value of an enum, in the order in which the enum has them. */
export const enumKey = (sql: string, type: string, values: readonly string[]): SortKey => ({
  sql,
  type,
  text: `${sql}::text`,
  shape: z.enum(values),
  isOptional: false,
});

/** A text, in capitals or not. */
export const textKey = (sql: string): SortKey => ({
  sql: `lower(${sql})`,
  type: 'text',
  text: `lower(${sql})`,
  shape: z
    .string()
    .max(1_000)
    .refine((text) => !text.includes('\u0000')),
  isOptional: false,
});

/** A text, byte by byte. */
export const byteKey = (sql: string): SortKey => ({ ...textKey(sql), sql, text: sql });

/**
 * A page of an ordered list in SQL.
 *
 * @param parameter takes a value into the statement and gives its place, for example `$3`
 * @param id the SQL of the column with the id
 * @returns the column `sortKey`, which makes a place of a row; conditions for the WHERE; the ORDER BY and LIMIT
 */
export function sortedSql(page: Page<SortedPlace>, key: SortKey, direction: SortDirection, id: string, parameter: (value: unknown) => string) {
  const conditions: string[] = [];
  const beyond = (place: SortedPlace | null, isAfter: boolean): void => {
    if (place === null) return;
    const operator = isAfter === (direction === 'ASC') ? '>' : '<';
    const ownId = `${parameter(place.id)}::uuid`;
    if (place.key === null) {
      const among = `(${key.sql} IS NULL AND ${id} ${operator} ${ownId})`;
      conditions.push(isAfter ? among : `(${key.sql} IS NOT NULL OR ${among})`);
      return;
    }
    const among = `(${key.sql}, ${id}) ${operator} (${parameter(place.key)}::${key.type}, ${ownId})`;
    conditions.push(isAfter && key.isOptional ? `(${among} OR ${key.sql} IS NULL)` : among);
  };
  beyond(page.after, true);
  beyond(page.before, false);
  const order = (direction === 'DESC') !== page.isReversed ? 'DESC' : 'ASC';
  const nulls = key.isOptional ? ` NULLS ${page.isReversed ? 'FIRST' : 'LAST'}` : '';
  return {
    column: `${key.text} AS "sortKey"`,
    conditions,
    tail: `ORDER BY ${key.sql} ${order}${nulls}, ${id} ${order} LIMIT ${parameter(page.limit)}`,
  };
}

/** A row of a list, with what it is ordered by. */
export type Sorted<Row> = Row & { readonly sortKey: string | null };

/** Where a row stands. */
export const sortedPlace = ({ id, sortKey }: { readonly id: string; readonly sortKey: string | null }): SortedPlace => ({ id, key: sortKey });
