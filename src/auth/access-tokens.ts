import { createHash } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { deriveKey } from './keys.ts';

const algorithm = 'HS256';
const issuer = 'colloquy';
const audience = 'colloquy';
/** RFC 9068, section 2.1: tells an access token from any other JWT that the same key may once sign. */
const type = 'at+jwt';

/** Who a token speaks for. A role is left out on purpose: it is read from the database, where it can change. */
export interface AccessClaims {
  readonly userId: string;
  /** The signed-in device. */
  readonly loginId: string;
}

const payloadShape = z.object({ sub: z.uuid(), lid: z.uuid() });

/** Signs access tokens and reads them. */
export type AccessTokens = ReturnType<typeof createAccessTokens>;

const refuse = (message: string, cause?: unknown): AppError => new AppError('UNAUTHENTICATED', message, { cause });

/**
 * Access tokens: JWTs that live for minutes.
 *
 * @param options.secret the secret of the installation; the signing key is derived from it
 * @param options.lifetimeSeconds how long a token is valid
 * @param options.clock tells the time of issue and judges the expiry
 */
export function createAccessTokens(options: { readonly secret: string; readonly lifetimeSeconds: number; readonly clock: Clock }) {
  const { lifetimeSeconds, clock } = options;
  const key = deriveKey(options.secret, 'access-token');
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);

  return {
    /** How long a token is valid from its issue, in seconds. */
    lifetimeSeconds,

    /** A signed token. */
    async sign(claims: AccessClaims): Promise<string> {
      const issuedAt = Math.floor(clock.now().getTime() / 1_000);
      return new SignJWT({ lid: claims.loginId })
        .setProtectedHeader({ alg: algorithm, typ: type, kid: keyId })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(claims.userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(key);
    },

    /**
     * Who a token speaks for. Says nothing about whether the login still exists.
     *
     * @throws AppError UNAUTHENTICATED when it is expired, or not exactly such a token as `sign` makes
     */
    async verify(token: string): Promise<AccessClaims> {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, key, {
          algorithms: [algorithm],
          issuer,
          audience,
          typ: type,
          requiredClaims: ['exp', 'iat'],
          currentDate: clock.now(),
        });
        if (protectedHeader.kid !== keyId) throw refuse('The access token was signed with another key; sign in again.');
        const { sub, lid } = payloadShape.parse(payload);
        return { userId: sub, loginId: lid };
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (error instanceof errors.JWTExpired)
          throw refuse('The access token has expired; exchange the refresh token for a new one with "refreshAuth".', error);
        throw refuse('The access token is not valid; sign in again with "login".', error);
      }
    },
  };
}
