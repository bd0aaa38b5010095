import { hash, parseOptions, verify } from '@node-rs/bcrypt';
import pLimit from 'p-limit';
import { z } from 'zod';
import { AppError } from '../base/errors.ts';

const fewestCharacters = 8;
/** bcrypt reads 72 bytes and silently ignores the rest, so two longer passwords could be taken for one another. */
const mostBytes = 72;

const byteLengthOf = (password: string): number => Buffer.byteLength(password, 'utf8');

/** A password that may be chosen: at least 8 characters, at most 72 bytes in UTF-8. The messages never contain it. */
export const passwordShape = z
  .string()
  .refine((password) => [...password].length >= fewestCharacters, {
    error: (issue) => `has ${[...String(issue.input)].length} characters; choose a password of at least ${fewestCharacters}.`,
  })
  .refine((password) => byteLengthOf(password) <= mostBytes, {
    error: (issue) => `is ${byteLengthOf(String(issue.input))} bytes long in UTF-8; at most ${mostBytes} count, so choose a shorter password.`,
  });

/** The two functions of bcrypt, so that tests can count them. */
export interface Bcrypt {
  hash(password: string, options: { readonly cost: number }): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
}

/** Hashes passwords and checks them. */
export type Passwords = ReturnType<typeof createPasswords>;

/**
 * Password hashing by bcrypt.
 *
 * @param options.cost the work factor: each step doubles the time; 12 takes about 0.25 s of one core
 * @param options.concurrency how many are worked on at once. Each occupies a thread of the pool that files and DNS need too
 * @param options.maxWaiting how many may wait beyond those before the next is turned away; 100 by default
 * @param options.bcrypt the functions; those of @node-rs/bcrypt by default
 */
export function createPasswords(options: { readonly cost: number; readonly concurrency: number; readonly maxWaiting?: number; readonly bcrypt?: Bcrypt }) {
  const { cost, concurrency, maxWaiting = 100, bcrypt = { hash, verify } } = options;
  const limit = pLimit(concurrency);
  // A well-formed hash of the same cost. What it is the hash of does not matter: the outcome is thrown away.
  const hashOfNothing = `$2b$${String(cost).padStart(2, '0')}$GvERoJIYWZSVkJ9eGUoUdeWWjGmavun/YVeb5GNE1BeEOFfkhA7yK`;

  const queued = async <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.pendingCount >= maxWaiting) {
      throw new AppError('SERVICE_UNAVAILABLE', `${limit.pendingCount} passwords are waiting to be checked; try again in a few seconds.`, {
        retryAfterMs: 5_000,
      });
    }
    return limit(work);
  };

  return {
    /**
     * The hash to be stored. The password must have passed `passwordShape`.
     *
     * @throws AppError SERVICE_UNAVAILABLE when too many are waiting
     */
    hash: (password: string): Promise<string> => queued(() => bcrypt.hash(password, { cost })),

    /**
     * Whether a password is the one that was hashed. One of more than 72 bytes never is, yet takes the same time.
     *
     * @throws AppError SERVICE_UNAVAILABLE when too many are waiting
     */
    async verify(password: string, passwordHash: string): Promise<boolean> {
      const isMatch = await queued(() => bcrypt.verify(password, passwordHash));
      return isMatch && byteLengthOf(password) <= mostBytes;
    },

    /**
     * The same work as `verify`, for an account that does not exist, so that time does not tell which do.
     *
     * @returns false
     * @throws AppError SERVICE_UNAVAILABLE when too many are waiting
     */
    async verifyAgainstNothing(password: string): Promise<false> {
      await queued(() => bcrypt.verify(password, hashOfNothing));
      return false;
    },

    /** Whether a stored hash was made with another cost than the one that is configured now. */
    isOutdated: (passwordHash: string): boolean => parseOptions(passwordHash).cost !== cost,
  };
}
