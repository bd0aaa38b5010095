import { auth, type OAuthClientProvider, type OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import { OAuthError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { later } from '../base/clock.ts';
import { McpUnreachableError } from './unreachable.ts';

/** A sign-in to a server by OAuth 2.1, as the Model Context Protocol wants it; JSON. Whoever reads it can use the server. */
export interface SignIn {
  /** Where the person comes back to. */
  readonly redirectUri: string;
  readonly client: OAuthClientInformationMixed | null;
  readonly discovery: OAuthDiscoveryState | null;
  /** While the person is away to say yes. */
  readonly pending: { readonly state: string; readonly codeVerifier: string; readonly begunAt: string } | null;
  readonly tokens: OAuthTokens | null;
  /** When the access token ends; null where the server did not say. */
  readonly tokenEndsAt: string | null;
}

/** What a step of a sign-in takes. */
export interface SignInStep {
  /** The address of the server of tools. */
  readonly url: string;
  /** Must connect to allowed addresses alone and refuse redirects: what servers say of one another is not to be trusted. */
  readonly fetch: typeof globalThis.fetch;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** The provider of the SDK over a sign-in; what it changes is in `signIn()`. */
function createProvider(before: SignIn, now: Date, newState: string | null) {
  let current = before;
  let verifier = before.pending?.codeVerifier ?? null;
  let authorizationUrl: URL | null = null;
  const provider: OAuthClientProvider = {
    redirectUrl: before.redirectUri,
    // A public client: what proves that it is us is the code verifier (RFC 7636).
    clientMetadata: {
      client_name: 'Colloquy',
      redirect_uris: [before.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    state: () => newState ?? '',
    clientInformation: () => current.client ?? undefined,
    saveClientInformation: (client) => void (current = { ...current, client }),
    tokens: () => current.tokens ?? undefined,
    saveTokens: (tokens) => {
      // A server that keeps the refresh token says nothing of it (RFC 6749, 6).
      const kept = current.tokens?.refresh_token;
      const whole = { ...(kept === undefined ? {} : { refresh_token: kept }), ...tokens };
      const tokenEndsAt = tokens.expires_in === undefined ? null : later(now, tokens.expires_in * 1_000).toISOString();
      current = { ...current, tokens: whole, tokenEndsAt, pending: null };
    },
    saveCodeVerifier: (codeVerifier) => void (verifier = codeVerifier),
    codeVerifier: () => verifier ?? '',
    redirectToAuthorization: (url) => void (authorizationUrl = url),
    discoveryState: () => current.discovery ?? undefined,
    saveDiscoveryState: (discovery) => void (current = { ...current, discovery }),
    invalidateCredentials: (scope) => {
      if (scope === 'all' || scope === 'tokens') current = { ...current, tokens: null, tokenEndsAt: null };
      if (scope === 'all' || scope === 'client') current = { ...current, client: null };
      if (scope === 'all' || scope === 'discovery') current = { ...current, discovery: null };
    },
  };
  return { provider, signIn: () => current, verifier: () => verifier, authorizationUrl: () => authorizationUrl };
}

/** What went wrong, without what the server says beyond the code of the error: it may be anything. */
function problemOf(error: unknown): McpUnreachableError {
  if (error instanceof OAuthError) return new McpUnreachableError(`Its sign-in was refused: ${error.errorCode.slice(0, 100)}. Begin it again.`);
  if (error instanceof Error && error.name === 'RefusedAddressError') return new McpUnreachableError(error.message);
  return new McpUnreachableError('Its sign-in does not work: it has none, or the server that it names for it does not answer as OAuth 2.1 wants it.');
}

async function take(provider: OAuthClientProvider, { url, fetch, signal }: SignInStep, authorizationCode?: string) {
  try {
    return await auth(provider, {
      serverUrl: url,
      fetchFn: (input, init) => fetch(input, { ...init, signal }),
      ...(authorizationCode === undefined ? {} : { authorizationCode }),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw problemOf(error);
  }
}

/**
 * Begins a sign-in: finds the server for it (RFC 9728, RFC 8414), and makes us known there (RFC 7591) unless it was done before or `clientId` is given.
 *
 * @param before of which the registration is used again; null for none
 * @param wanted.state what comes back with the person, so that nobody else's consent is taken for theirs
 * @returns where the person says yes, and the sign-in to keep
 * @throws McpUnreachableError; the reason of the signal
 */
export async function beginSignIn(
  before: SignIn | null,
  wanted: { readonly redirectUri: string; readonly clientId: string | null; readonly state: string },
  step: SignInStep,
): Promise<{ readonly authorizationUrl: string; readonly signIn: SignIn }> {
  const { redirectUri, clientId, state } = wanted;
  const known = before?.redirectUri === redirectUri ? before.client : null;
  const client = clientId === null ? known : { client_id: clientId };
  const { provider, ...made } = createProvider({ redirectUri, client, discovery: null, pending: null, tokens: null, tokenEndsAt: null }, step.now, state);
  await take(provider, step);
  const [authorizationUrl, codeVerifier] = [made.authorizationUrl(), made.verifier()];
  // People open it in a browser: a server may name any address.
  if (authorizationUrl === null || codeVerifier === null || !/^https?:$/.test(authorizationUrl.protocol)) throw problemOf(null);
  return { authorizationUrl: authorizationUrl.href, signIn: { ...made.signIn(), pending: { state, codeVerifier, begunAt: step.now.toISOString() } } };
}

/**
 * Ends a sign-in that has begun.
 *
 * @param code what the person came back with
 * @throws McpUnreachableError; the reason of the signal
 */
export async function finishSignIn(before: SignIn, code: string, step: SignInStep): Promise<SignIn> {
  const { provider, signIn } = createProvider(before, step.now, null);
  if ((await take(provider, step, code)) !== 'AUTHORIZED') throw problemOf(null);
  return signIn();
}

/**
 * Gets a new access token.
 *
 * @returns null where there is no way to one but to sign in again
 * @throws McpUnreachableError for a server that does not answer now; the reason of the signal
 */
export async function renewSignIn(before: SignIn, step: SignInStep): Promise<SignIn | null> {
  if (before.tokens?.refresh_token === undefined) return null;
  const { provider, signIn } = createProvider(before, step.now, '');
  const result = await take(provider, step);
  if (result === 'AUTHORIZED') return signIn();
  if (signIn().tokens === null) return null;
  throw new McpUnreachableError('The server that signs in to it does not answer; it is tried again.');
}
