import type { Json } from './json.ts';

/** How a value of a row is compared. */
export const rowOperators = [
  'EQUALS',
  'NOT_EQUALS',
  'LESS',
  'LESS_OR_EQUAL',
  'GREATER',
  'GREATER_OR_EQUAL',
  'BETWEEN',
  'IN',
  'NOT_IN',
  'CONTAINS',
  'STARTS_WITH',
  'ENDS_WITH',
  'IS_NULL',
  'IS_NOT_NULL',
] as const;

/** One of `rowOperators`. */
export type RowOperator = (typeof rowOperators)[number];

/** A condition on one column. */
export interface RowFilter {
  readonly column: string;
  readonly operator: RowOperator;
  /** One value; two of `BETWEEN`, any number of `IN` and `NOT_IN`, none of `IS_NULL` and `IS_NOT_NULL`. */
  readonly values: readonly Json[];
}

/** A column that rows are ordered by. Missing values come last in both directions. */
export interface RowOrder {
  readonly column: string;
  readonly direction: 'ASC' | 'DESC';
}
