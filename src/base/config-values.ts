import { z } from 'zod';

/** Bytes. */
export const megabyte = 1024 * 1024;

/** A variable that holds a whole number. */
export const wholeNumber = (fallback: number, least: number, most: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number({ error: 'must be a whole number' }).int().min(least).max(most).default(fallback);
