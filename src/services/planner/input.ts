import { z } from 'zod';
import { badInput } from '../../base/errors.ts';
import { isCalendarDate, isTimeOfDay } from './calendar.ts';

/** Where an input stands among the arguments. */
export type InputPath = readonly (string | number)[];

const withoutNul = (text: string): boolean => !text.includes('\u0000');

/** A line that must say something: a title. */
export const lineText = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(longest, `has at most ${longest.toLocaleString('en')} characters`)
    .refine(withoutNul, 'must not contain the character U+0000');

/** A longer text that may be missing; one that is empty is. */
export const bodyText = (longest: number) =>
  z
    .string()
    .max(longest, `has at most ${longest.toLocaleString('en')} characters`)
    .refine(withoutNul, 'must not contain the character U+0000')
    .transform((text) => (text.trim() === '' ? null : text))
    .nullable();

/** What a title or a text contains, in capitals or not. */
export const wantedText = lineText(200);

/** A day. */
export const dateInput = z.string().refine(isCalendarDate, 'is not a day from 1900-01-01 to 2199-12-31; write it like 2026-11-29');

/** A time of day. */
export const timeInput = z.string().refine(isTimeOfDay, 'is not a time of day; write it like 09:30');

/** So many minutes. */
export const minutesInput = (fewest: number, most: number) =>
  z
    .int(`must be a whole number from ${fewest} to ${most.toLocaleString('en')}`)
    .min(fewest, `must be a whole number from ${fewest} to ${most.toLocaleString('en')}`)
    .max(most, `must be a whole number from ${fewest} to ${most.toLocaleString('en')}`);

/**
 * Makes sure that nothing is to be cleared that cannot be empty.
 *
 * @param names the inputs that must not be null
 * @throws AppError BAD_USER_INPUT that names the first one
 */
export function refuseNull(input: Readonly<Record<string, unknown>>, names: readonly string[], path: InputPath): void {
  const cleared = names.find((name) => input[name] === null);
  if (cleared !== undefined) throw badInput([...path, cleared], `"${cleared}" cannot be empty; leave it out to keep it as it is.`);
}

/** An input without what is absent from it but by name. */
export function present(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/**
 * Of some changes those that make a difference.
 *
 * @param stored what there is, by the same names
 * @returns null when nothing is different
 */
export function differences<Changes extends object>(stored: object, changes: Changes): Partial<Changes> | null {
  const known = new Map<string, unknown>(Object.entries(stored));
  const different: Partial<Changes> = { ...changes };
  for (const name in changes) if (JSON.stringify(changes[name]) === JSON.stringify(known.get(name))) delete different[name];
  return Object.keys(different).length === 0 ? null : different;
}
