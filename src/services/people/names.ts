import { z } from 'zod';

/** The longest address that mail can be sent to (RFC 5321, as corrected by erratum 1690 of RFC 3696). */
const mostEmailCharacters = 254;
const shown = (value: unknown): string => JSON.stringify(String(value).slice(0, 60));

/** An e-mail address, trimmed and lower-cased: two spellings of one address are one account. */
export const emailShape = z
  .string()
  .trim()
  .toLowerCase()
  .max(mostEmailCharacters, `an e-mail address has at most ${mostEmailCharacters} characters`)
  .refine((email) => z.email().safeParse(email).success, { error: (issue) => `${shown(issue.input)} is not an e-mail address; write it like ada@example.org` });

/** A username. Without an "@", so that a login name is either an address or a username and never both. */
export const usernameShape = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9_.-]{3,32}$/, {
    error: (issue) => `${shown(issue.input)} is not a username; use 3 to 32 letters (a to z), digits, "_", "." or "-"`,
  });

/** The name of a person as it is shown. */
export const fullNameShape = z
  .string()
  .trim()
  .min(1, 'a full name must not be empty; give null to remove it')
  .max(120, 'a full name has at most 120 characters')
  .regex(/^\P{Cc}*$/u, 'a full name must not contain control characters');

/** A language, and where it is spoken: a BCP 47 tag, in its canonical form. */
export const localeShape = z
  .string()
  .max(35, 'a locale has at most 35 characters')
  .transform((tag, context) => {
    try {
      return Intl.getCanonicalLocales(tag)[0] ?? tag;
    } catch {
      context.addIssue({ code: 'custom', message: `${shown(tag)} is not a locale; write it like "en" or "de-AT"` });
      return tag;
    }
  });

/** What somebody types as their login name: an address or a username, in any case. */
export const loginNameShape = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, 'give an e-mail address or a username')
  .max(mostEmailCharacters, `a login name has at most ${mostEmailCharacters} characters`)
  .regex(/^\P{Cc}*$/u, 'a login name must not contain control characters');

/** The form in which usernames are compared. */
export const usernameKeyOf = (username: string): string => username.toLowerCase();
