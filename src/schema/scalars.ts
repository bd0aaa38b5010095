import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { errorCodes } from '../base/errors.ts';
import { isCalendarDate } from '../services/planner/calendar.ts';
import { builder } from './builder.ts';

const dateTime = z.iso.datetime({ offset: true });

builder.scalarType('Date', {
  description: 'A day of the calendar, of no time zone, from 1900 to 2199: for example `2026-11-20`.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (typeof value === 'string' && isCalendarDate(value)) return value;
    throw new GraphQLError(`${JSON.stringify(value)} is not a day; write it like 2026-11-20, from 1900-01-01 to 2199-12-31.`);
  },
});

builder.scalarType('DateTime', {
  description: 'A moment in UTC, for example `2026-11-20T09:30:00.000Z`.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const text = dateTime.safeParse(value);
    if (!text.success) throw new GraphQLError(`${JSON.stringify(value)} is not a moment; write it like 2026-11-20T09:30:00Z.`);
    return new Date(text.data);
  },
});

builder.scalarType('BigInt', {
  description: 'A whole number that may be larger than an `Int`: a JSON number while it is exact in a double, else a string.',
  serialize: (value) => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString()),
  parseValue: (value) => z.coerce.bigint().parse(value),
});

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => z.json().parse(value),
});

/** The codes of `extensions.code`, published so that clients can generate them. */
export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'What can stand in `extensions.code` of an error, and in `RunFailed.code`.',
  values: Object.fromEntries(Object.entries(errorCodes).map(([code, description]) => [code, { value: code, description }])),
});
