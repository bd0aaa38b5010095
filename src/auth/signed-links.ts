import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { later, type Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { deriveKey } from './keys.ts';

/** What a link leads to, and for whom it was signed. */
export interface LinkTarget {
  readonly userId: string;
  /** The kind of thing, for example `file`. */
  readonly kind: string;
  /** The id of the row. */
  readonly id: string;
  /** Which form of it, in the words of its kind; empty where there is one form. */
  readonly detail: string;
}

/** A link that was signed. */
export interface SignedLink {
  /** Fits into the path of a URL as it is. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs links that work without signing in, for a while, and reads them. */
export type SignedLinks = ReturnType<typeof createSignedLinks>;

const longestToken = 2_000;
const payloadShape = z.tuple([z.uuid(), z.string(), z.uuid(), z.string(), z.int()]);

/**
 * Links that carry what they lead to, until when and for whom, under a signature (HMAC with SHA-256). Whoever has the link has what it leads
 * to: they are short-lived, and what they lead to is asked of the database again when they come.
 *
 * @param options.secret the secret of the installation; the key is derived from it
 * @param options.previousSecrets secrets whose links are still read, and no longer made; none by default
 * @param options.lifetimeMs how long a link is good
 */
export function createSignedLinks(options: {
  readonly secret: string;
  readonly previousSecrets?: readonly string[];
  readonly lifetimeMs: number;
  readonly clock: Clock;
}) {
  const { clock, lifetimeMs } = options;
  const current = deriveKey(options.secret, 'download-link');
  const keys = [current, ...(options.previousSecrets ?? []).map((secret) => deriveKey(secret, 'download-link'))];
  const signatureOf = (payload: string, key: Uint8Array): Buffer => createHmac('sha256', key).update(payload).digest();

  return {
    /** A link to something, from now on. */
    sign({ userId, kind, id, detail }: LinkTarget): SignedLink {
      // In whole seconds, and never shorter than promised.
      const expiresAtSeconds = Math.ceil(later(clock.now(), lifetimeMs).getTime() / 1_000);
      const payload = Buffer.from(JSON.stringify([userId, kind, id, detail, expiresAtSeconds])).toString('base64url');
      return { token: `${payload}.${signatureOf(payload, current).toString('base64url')}`, expiresAt: new Date(expiresAtSeconds * 1_000) };
    },

    /**
     * What a link leads to. Says nothing about whether that still exists.
     *
     * @throws AppError FORBIDDEN when it is not exactly such a link as `sign` makes; LINK_EXPIRED
     */
    verify(token: string): LinkTarget {
      const [payload = '', signature = '', ...more] = token.length > longestToken ? [] : token.split('.');
      const given = Buffer.from(signature, 'base64url');
      const isSigned = keys.some((key) => {
        const expected = signatureOf(payload, key);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
      // Base64 has several spellings of the same bytes; only ours is a link.
      if (!isSigned || more.length > 0 || given.toString('base64url') !== signature) {
        throw new AppError('FORBIDDEN', 'This link is not as it was given out: it was cut or changed. Copy it whole, or ask for a new one.');
      }
      const [userId, kind, id, detail, expiresAtSeconds] = payloadShape.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
      if (clock.now().getTime() >= expiresAtSeconds * 1_000) {
        throw new AppError('LINK_EXPIRED', `This link was good until ${new Date(expiresAtSeconds * 1_000).toISOString()}; ask for a new one.`);
      }
      return { userId, kind, id, detail };
    },
  };
}
