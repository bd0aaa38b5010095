import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { deriveKey } from './keys.ts';

const algorithm = 'HS256';
const issuer = 'colloquy';
const audience = 'colloquy';
/** RFC 9068, section 2.1: tells an access token from any other JWT that the same key may once sign. */
const type = 'at+jwt';
/** Of verified tokens that are remembered: about 5 MB. */
const mostRemembered = 10_000;

/** Who a token speaks for. A role is left out on purpose: it is read from the database, where it can change. */
export interface AccessClaims {
  readonly userId: string;
  /** The signed-in device. */
  readonly loginId: string;
}

/** Claims whose signature was checked. */
interface Verified {
  readonly claims: AccessClaims;
  readonly expiresAtMs: number;
}

const payloadShape = z.object({ sub: z.uuid(), lid: z.uuid(), exp: z.int() });

/** Signs access tokens and reads them. */
export type AccessTokens = ReturnType<typeof createAccessTokens>;

const refuse = (message: string, cause?: unknown): AppError => new AppError('UNAUTHENTICATED', message, { cause });

/** A signing key, by the name that tokens carry in their header. */
function keyOf(secret: string): { readonly id: string; readonly key: Uint8Array } {
  const key = deriveKey(secret, 'access-token');
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
}

/**
 * Access tokens: JWTs that live for minutes.
 *
 * @param options.secret the secret of the installation; the signing key is derived from it
 * @param options.previousSecrets secrets whose tokens are still read, and no longer made; none by default
 * @param options.lifetimeSeconds how long a token is valid
 * @param options.clock tells the time of issue and judges the expiry
 */
export function createAccessTokens(options: {
  readonly secret: string;
  readonly previousSecrets?: readonly string[];
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
}) {
  const { lifetimeSeconds, clock } = options;
  const current = keyOf(options.secret);
  const keys = new Map([...(options.previousSecrets ?? []).map(keyOf), current].map(({ id, key }) => [id, key]));
  // A signature stays right for ever, and checking it is most of the cost of a small request. Whether the login lives is asked each time.
  const verified = new LRUCache<string, Verified>({ max: mostRemembered });
  const expired = (cause?: unknown): AppError => refuse('The access token has expired; exchange the refresh token for a new one with "refreshAuth".', cause);

  const check = async (token: string): Promise<Verified> => {
    try {
      const keyById = ({ kid }: { readonly kid?: string }): Uint8Array => {
        const key = keys.get(kid ?? '');
        if (key === undefined) throw refuse('The access token was signed with another key; sign in again.');
        return key;
      };
      const { payload } = await jwtVerify(token, keyById, {
        algorithms: [algorithm],
        issuer,
        audience,
        typ: type,
        requiredClaims: ['exp', 'iat'],
        currentDate: clock.now(),
      });
      const { sub, lid, exp } = payloadShape.parse(payload);
      return { claims: { userId: sub, loginId: lid }, expiresAtMs: exp * 1_000 };
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (error instanceof errors.JWTExpired) throw expired(error);
      throw refuse('The access token is not valid; sign in again with "login".', error);
    }
  };

  return {
    /** How long a token is valid from its issue, in seconds. */
    lifetimeSeconds,

    /** A signed token. */
    async sign(claims: AccessClaims): Promise<string> {
      const issuedAt = Math.floor(clock.now().getTime() / 1_000);
      return new SignJWT({ lid: claims.loginId })
        .setProtectedHeader({ alg: algorithm, typ: type, kid: current.id })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(claims.userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(current.key);
    },

    /**
     * Who a token speaks for. Says nothing about whether the login still exists.
     *
     * @throws AppError UNAUTHENTICATED when it is expired, or not exactly such a token as `sign` makes
     */
    async verify(token: string): Promise<AccessClaims> {
      const remembered = verified.get(token);
      if (remembered === undefined) {
        const checked = await check(token);
        verified.set(token, checked);
        return checked.claims;
      }
      // As jose judges it: in the very second of its expiry a token is not good any more.
      if (remembered.expiresAtMs <= Math.floor(clock.now().getTime() / 1_000) * 1_000) {
        verified.delete(token);
        throw expired();
      }
      return remembered.claims;
    },
  };
}
