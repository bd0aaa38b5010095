import { z } from 'zod';

/** An outside identity provider whose tokens are accepted. */
export interface Issuer {
  /** To the letter as it stands in `iss`. */
  readonly issuer: string;
  /** Of which a token must name one in `aud`. */
  readonly audiences: readonly string[];
  /** Where its keys are; null asks its `/.well-known/openid-configuration`. */
  readonly jwksUrl: string | null;
  /** With which a token may be signed; never one with a shared secret. */
  readonly algorithms: readonly string[];
  /** Whether its e-mail addresses count without `email_verified`. */
  readonly trustsEmail: boolean;
  /** The claim with the address. */
  readonly emailClaim: string;
  /** The claim with the name to show, with dots for a claim within a claim. */
  readonly nameClaim: string;
}

/** Signing in by the tokens of other identity providers. */
export interface OutsideConfig {
  readonly issuers: readonly Issuer[];
  /** Whether somebody who comes for the first time gets an account. */
  readonly isSignUpOpen: boolean;
  /** How long a provider may take to give its keys. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  /** The least time between two looks at the keys of a provider because one was missing or the look failed. */
  readonly coolDownMs: number;
}

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const;

const webUrl = z.url({ protocol: /^https?$/, error: 'must be a URL (https)' });
const claims = {
  algorithms: z
    .array(z.enum(algorithms, { error: `must be among ${algorithms.join(', ')}` }))
    .min(1)
    .optional(),
  trustsEmail: z.boolean().optional(),
  emailClaim: z.string().min(1).optional(),
  nameClaim: z.string().min(1).optional(),
};
const text = z.string().min(1, 'must not be empty');
const issuerShape = z.strictObject({ issuer: webUrl, audience: z.union([text, z.array(text).min(1)]), jwksUrl: webUrl.optional(), ...claims });
const supabaseShape = z.strictObject({ supabase: webUrl, audience: text.optional(), ...claims });

/** What Supabase's tokens are like: https://supabase.com/docs/guides/auth/jwts */
function supabaseIssuer(values: z.infer<typeof supabaseShape>): Issuer {
  const issuer = `${values.supabase.replace(/\/$/, '')}/auth/v1`;
  return {
    issuer,
    audiences: [values.audience ?? 'authenticated'],
    jwksUrl: `${issuer}/.well-known/jwks.json`,
    algorithms: values.algorithms ?? ['ES256', 'RS256', 'EdDSA'],
    trustsEmail: values.trustsEmail ?? false,
    emailClaim: values.emailClaim ?? 'email',
    nameClaim: values.nameClaim ?? 'user_metadata.full_name',
  };
}

function plainIssuer(values: z.infer<typeof issuerShape>): Issuer {
  return {
    issuer: values.issuer,
    audiences: [values.audience].flat(),
    jwksUrl: values.jwksUrl ?? null,
    algorithms: values.algorithms ?? ['RS256', 'ES256', 'EdDSA'],
    trustsEmail: values.trustsEmail ?? false,
    emailClaim: values.emailClaim ?? 'email',
    nameClaim: values.nameClaim ?? 'name',
  };
}

/** The list as it stands in `OIDC_ISSUERS`; each problem names the entry and the property. */
export const issuersShape = z.string().transform((written, context): readonly Issuer[] => {
  const complain = (message: string): void => context.addIssue({ code: 'custom', message });
  let list: unknown;
  try {
    list = JSON.parse(written);
  } catch {
    complain('must be JSON: [{ "issuer": "https://...", "audience": "..." }] or [{ "supabase": "https://<project>.supabase.co" }]');
    return z.NEVER;
  }
  if (!Array.isArray(list)) {
    complain('must be a list in JSON, also for one issuer: [{ ... }]');
    return z.NEVER;
  }
  const entries: readonly unknown[] = list;
  const issuers = entries.flatMap((entry, index) => {
    const isSupabase = typeof entry === 'object' && entry !== null && 'supabase' in entry;
    const parsed = isSupabase ? supabaseShape.transform(supabaseIssuer).safeParse(entry) : issuerShape.transform(plainIssuer).safeParse(entry);
    if (parsed.success) return [parsed.data];
    for (const issue of parsed.error.issues) complain(`entry ${index + 1}, ${issue.path.join('.') || 'as a whole'}: ${issue.message}`);
    return [];
  });
  const names = issuers.map(({ issuer }) => issuer);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index)))
    complain(`"${name}" stands there twice; give its audiences as a list`);
  return issuers;
});

/**
 * Whether keys may be fetched from an address: over TLS, or in development from this machine. What came over plain HTTP could come from
 * anybody on the way, and whoever gives us keys can sign in as everybody.
 */
export function isSafeKeyAddress(url: string, isProduction: boolean): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (!isProduction && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}

/** What is wrong with where issuers publish their keys. */
export function problemsOfIssuers(issuers: readonly Issuer[], isProduction: boolean): readonly string[] {
  return issuers
    .map(({ issuer, jwksUrl }) => jwksUrl ?? issuer)
    .filter((address) => !isSafeKeyAddress(address, isProduction))
    .map((address) => `OIDC_ISSUERS: "${address}" must begin with https://${isProduction ? '' : ', unless it is on this machine'}`);
}
