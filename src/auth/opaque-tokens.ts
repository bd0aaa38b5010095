import { createHash, randomBytes } from 'node:crypto';

/** Fills a number of bytes at random. */
export type RandomSource = (byteCount: number) => Uint8Array;

/** A new token: what its owner gets, and what is stored. */
export interface OpaqueToken {
  /** Shown once, to its owner. */
  readonly token: string;
  /** SHA-256 in hexadecimal. Fast is safe here: 256 random bits cannot be guessed through their hash. */
  readonly hash: string;
}

/** Makes and hashes the tokens of one kind. */
export type OpaqueTokens = ReturnType<typeof createOpaqueTokens>;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Tokens without a meaning of their own: 256 random bits in base64url after a prefix, by which people and secret scanners recognise
 * them.
 *
 * @param prefix for example `clq_r_`
 * @param random where the bits come from; the operating system by default
 */
export function createOpaqueTokens(prefix: string, random: RandomSource = randomBytes) {
  return {
    /** A token that was never there before. */
    make(): OpaqueToken {
      const token = prefix + Buffer.from(random(32)).toString('base64url');
      return { token, hash: hashOf(token) };
    },
    /** Under what a token is stored, whatever string was given. */
    hashOf,
  };
}

/** Refresh tokens, `clq_r_...`. */
export const createRefreshTokens = (random?: RandomSource): OpaqueTokens => createOpaqueTokens('clq_r_', random);

/** One-time set-up tokens, `clq_setup_...`. */
export const createSetupTokens = (random?: RandomSource): OpaqueTokens => createOpaqueTokens('clq_setup_', random);

/** API keys, `clq_k_...`. */
export const createApiKeyTokens = (random?: RandomSource): OpaqueTokens => createOpaqueTokens('clq_k_', random);

/** Tokens of shared conversations, `clq_s_...`. */
export const createShareTokens = (random?: RandomSource): OpaqueTokens => createOpaqueTokens('clq_s_', random);

/** Tokens of links by which people are invited, `clq_i_...`. */
export const createInvitationTokens = (random?: RandomSource): OpaqueTokens => createOpaqueTokens('clq_i_', random);

/** Tokens of calendar feeds, `clq_c_...`. */
export const createCalendarTokens = (random?: RandomSource): OpaqueTokens => createOpaqueTokens('clq_c_', random);
