import { createRemoteJWKSet, customFetch, decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { isSafeKeyAddress, type Issuer } from '../base/issuers.ts';
import type { BoundedFetch } from './bounded-fetch.ts';

/** What an identity provider says about somebody. */
export interface OutsideClaims {
  readonly issuer: string;
  /** By which the provider tells people apart; with the issuer it never changes. */
  readonly subject: string;
  readonly expiresAt: Date;
  /** In lower case, and only where the provider has checked it; null otherwise. */
  readonly verifiedEmail: string | null;
  readonly name: string | null;
}

/** Reads the tokens of outside identity providers. */
export type OutsideTokens = ReturnType<typeof createOutsideTokens>;

const mostRemembered = 10_000;
const mostTokenCharacters = 8_192;
/** For how long a signature that was right counts, so that a key that its provider withdraws is not trusted until its tokens expire. */
const rememberedMs = 60_000;
/** For how long keys are used without a look whether there are others. */
const keyLifetimeMs = 600_000;
/** The header types of ID tokens and of access tokens (RFC 9068). A logout token has the same issuer and audience, and must not sign in. */
const types: readonly unknown[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];
/** What Keycloak writes into its refresh and logout tokens. */
const foreignUses: readonly unknown[] = ['Refresh', 'Offline', 'Logout'];

const keySetShape = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });
const discoveryShape = z.looseObject({ issuer: z.string(), jwks_uri: z.url() });

const refuse = (message: string, cause?: unknown): AppError => new AppError('UNAUTHENTICATED', message, { cause });

/** A claim by its name, or by the dotted way to it. */
function claimOf(payload: JWTPayload, path: string): unknown {
  if (path in payload) return payload[path];
  return path.split('.').reduce<unknown>((value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined), payload);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/**
 * Tokens that other identity providers sign (OpenID Connect Core 1.0, RFC 9068), checked by the keys that they publish. Keys are fetched when
 * the first token comes, kept, and looked for again when a token names an unknown one, but not more often than the cool-down allows.
 *
 * @param options.issuers who is trusted, with the audience that their tokens must be for
 * @param options.documents fetches keys, within limits
 * @param options.coolDownMs the least time between two fetches because of an unknown key
 * @param options.isProduction whether keys may only be fetched over TLS
 */
export function createOutsideTokens(options: {
  readonly issuers: readonly Issuer[];
  readonly documents: BoundedFetch;
  readonly coolDownMs: number;
  readonly isProduction: boolean;
  readonly clock: Clock;
}) {
  const { documents, coolDownMs, isProduction, clock } = options;
  const trusted = new Map(options.issuers.map((issuer) => [issuer.issuer, { issuer, keys: keysOf(issuer) }]));
  const verified = new LRUCache<string, OutsideClaims>({
    max: mostRemembered,
    ttl: rememberedMs,
    ttlResolution: 0,
    perf: { now: () => clock.now().getTime() },
  });

  async function discover(issuer: string): Promise<URL> {
    const document = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    // OpenID Connect Discovery 1.0, section 4.3: it must name the issuer that was asked for.
    const { jwks_uri: address } = await documents.getJson(
      document,
      discoveryShape.refine((found) => found.issuer === issuer && isSafeKeyAddress(found.jwks_uri, isProduction)),
    );
    return new URL(address);
  }

  /** The keys of an issuer, as jose asks for them. The address is looked up once, and again when that failed. */
  function keysOf({ issuer, jwksUrl }: Issuer): JWTVerifyGetKey {
    const keySetAt = (url: URL): JWTVerifyGetKey =>
      createRemoteJWKSet(url, {
        cooldownDuration: coolDownMs,
        cacheMaxAge: keyLifetimeMs,
        // Ours has its own time limit, and bounds the size too.
        [customFetch]: async () => new Response(JSON.stringify(await documents.getJson(url, keySetShape))),
      });
    let keys: Promise<JWTVerifyGetKey> | null = jwksUrl === null ? null : Promise.resolve(keySetAt(new URL(jwksUrl)));
    return async (header, token) => {
      keys ??= discover(issuer).then(keySetAt);
      const found = await keys.catch((error: unknown) => {
        keys = null;
        throw error;
      });
      return found(header, token);
    };
  }

  function issuerOf(token: string): string | null {
    try {
      return decodeJwt(token).iss ?? null;
    } catch {
      return null;
    }
  }

  async function check(token: string, { issuer, keys }: { readonly issuer: Issuer; readonly keys: JWTVerifyGetKey }): Promise<OutsideClaims> {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: [...issuer.algorithms],
      issuer: issuer.issuer,
      audience: [...issuer.audiences],
      requiredClaims: ['exp', 'sub'],
      currentDate: clock.now(),
    });
    if (!types.includes(protectedHeader.typ?.toLowerCase()) || 'events' in payload || foreignUses.includes(payload['typ'])) {
      throw refuse(`This token of "${issuer.issuer}" is made for something else than signing in; send an ID token or an access token.`);
    }
    const { sub = '', exp = 0 } = payload;
    if (sub.length === 0 || sub.length > 255) throw refuse(`The token of "${issuer.issuer}" has no subject of 1 to 255 characters.`);
    const isEmailGood = issuer.trustsEmail || payload['email_verified'] === true;
    return {
      issuer: issuer.issuer,
      subject: sub,
      expiresAt: new Date(exp * 1_000),
      verifiedEmail: isEmailGood ? (textOf(claimOf(payload, issuer.emailClaim))?.toLowerCase() ?? null) : null,
      name: textOf(claimOf(payload, issuer.nameClaim)),
    };
  }

  return {
    /** Whether a token claims to come from a trusted issuer. Says nothing about whether it does. */
    accepts: (token: string): boolean => trusted.size > 0 && trusted.has(issuerOf(token) ?? ''),

    /**
     * What a token says.
     *
     * @throws AppError UNAUTHENTICATED when it is expired, not for us, or not signed by its issuer; SERVICE_UNAVAILABLE when the keys of
     *   the issuer cannot be had
     */
    async verify(token: string): Promise<OutsideClaims> {
      const remembered = verified.get(token);
      if (remembered !== undefined && remembered.expiresAt > clock.now()) return remembered;
      if (token.length > mostTokenCharacters) throw refuse(`The token has ${token.length} characters; ${mostTokenCharacters} are the most.`);
      const from = trusted.get(issuerOf(token) ?? '');
      if (from === undefined) throw refuse('The token is not from an identity provider that is trusted here.');
      const name = from.issuer.issuer;
      try {
        const claims = await check(token, from);
        verified.set(token, claims);
        return claims;
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (error instanceof errors.JWTExpired) throw refuse(`The token of "${name}" has expired; get a new one there.`, error);
        throw refuse(`The token of "${name}" is not valid here; get a new one there.`, error);
      }
    },
  };
}
