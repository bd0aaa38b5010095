import type { RowFilter } from '../base/rows.ts';
import { badInput } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import { builder } from './builder.ts';

const RowOperator = builder.enumType('RowOperator', {
  description: 'How the value of a column is compared. A missing value is only found by `NOT_EQUALS`, `NOT_IN` and `IS_NULL`.',
  values: {
    EQUALS: { description: 'The same value; texts to the letter.' },
    NOT_EQUALS: { description: 'Another value, or none.' },
    LESS: { description: 'A smaller value; of texts one that sorts before.' },
    LESS_OR_EQUAL: { description: 'A smaller value or the same.' },
    GREATER: { description: 'A larger value.' },
    GREATER_OR_EQUAL: { description: 'A larger value or the same.' },
    BETWEEN: { description: 'From the first to the second of two values, both included.' },
    IN: { description: 'One of several values, at most 1,000.' },
    NOT_IN: { description: 'None of several values, or a missing one.' },
    CONTAINS: { description: 'The text occurs in it; capital and small letters are the same.' },
    STARTS_WITH: { description: 'It begins with the text; capital and small letters are the same.' },
    ENDS_WITH: { description: 'It ends with the text; capital and small letters are the same.' },
    IS_NULL: { description: 'The value is missing. Takes no `value`.' },
    IS_NOT_NULL: { description: 'There is a value. Takes no `value`.' },
  } as const,
});

const RowOrderDirection = builder.enumType('RowOrderDirection', {
  description: 'Which values come first. Missing values come last either way.',
  values: { ASC: { description: 'The smallest.' }, DESC: { description: 'The largest.' } } as const,
});

/** An order of rows. */
export const RowOrderInput = builder.inputType('RowOrderInput', {
  description: 'A column that rows are ordered by.',
  fields: (t) => ({
    column: t.string({ required: true, description: 'The name of the column.' }),
    direction: t.field({ type: RowOrderDirection, required: true, defaultValue: 'ASC', description: 'Which values come first.' }),
  }),
});

/** A condition on rows. */
export const RowFilterInput = builder.inputType('RowFilterInput', {
  description: 'A condition on one column. Several conditions must hold together; for everything else there is `runSql`.',
  fields: (t) => ({
    column: t.string({ required: true, description: 'The name of the column.' }),
    operator: t.field({ type: RowOperator, required: true, description: 'How it is compared.' }),
    value: t.field({
      type: 'JSON',
      description:
        'What it is compared with, and read as the type of the column: `12.5`, `"2024-05-01"`, `"Europe"`, `true`. A list of two for `BETWEEN`, a list for `IN` and `NOT_IN`.',
    }),
  }),
});

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** A condition as the service takes it. */
export function filterOf({ column, operator, value }: typeof RowFilterInput.$inferInput): RowFilter {
  if (value === null || value === undefined) return { column, operator, values: [] };
  const takesList = ['BETWEEN', 'IN', 'NOT_IN'].includes(operator);
  if (takesList !== isList(value)) {
    throw badInput(
      ['filter'],
      `The filter on "${column}" has ${takesList ? 'no list' : 'a list'} as its "value"; ${operator} takes ${takesList ? 'a list' : 'one value'}.`,
    );
  }
  return { column, operator, values: isList(value) ? value : [value] };
}
