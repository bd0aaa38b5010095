import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** An authorization server of OAuth 2.1 as the Model Context Protocol wants it, which everybody says yes to. */
export interface FakeSignIn {
  /** Answers what is meant for it. */
  handle(request: IncomingMessage, response: ServerResponse, origin: string): Promise<boolean>;
  /** Whether a request to the server of tools has a token that holds. */
  isValid(authorization: string | undefined): boolean;
  /** Every token that was given out, and every code. */
  readonly secrets: readonly string[];
  /** The grants that tokens were asked for by, with the answer's status. */
  readonly grants: readonly string[];
  /** How many clients have made themselves known. */
  readonly clients: ReadonlySet<string>;
  /** Ends all access tokens; with `true` the refresh tokens as well. */
  revoke(all?: boolean): void;
  readonly settings: { expiresIn: number; authorizationEndpoint: string | null; authorizationServer: string | null; canRegister: boolean };
}

interface Code {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly clientId: string;
}

/** Creates one. Refresh tokens are good once: one that comes again ends everything (OAuth 2.1, 4.3.1). */
export function createFakeSignIn(): FakeSignIn {
  const codes = new Map<string, Code>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  const used = new Set<string>();
  const clients = new Set<string>(['known-to-the-tests']);
  const secrets: string[] = [];
  const grants: string[] = [];
  const settings: FakeSignIn['settings'] = { expiresIn: 3_600, authorizationEndpoint: null, authorizationServer: null, canRegister: true };

  const answer = (response: ServerResponse, status: number, body: unknown): true => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };
  const give = (): object => {
    const tokens = { access_token: `access-${randomUUID()}`, refresh_token: `refresh-${randomUUID()}` };
    access.add(tokens.access_token);
    refresh.add(tokens.refresh_token);
    secrets.push(tokens.access_token, tokens.refresh_token);
    return { ...tokens, token_type: 'Bearer', expires_in: settings.expiresIn };
  };

  const token = (form: URLSearchParams): { readonly status: number; readonly body: object } => {
    const refused = { status: 400, body: { error: 'invalid_grant', error_description: 'a description that nobody should be shown' } };
    if (!clients.has(form.get('client_id') ?? '')) return { status: 401, body: { error: 'invalid_client' } };
    if (form.get('grant_type') === 'refresh_token') {
      const given = form.get('refresh_token') ?? '';
      if (used.has(given)) {
        access.clear();
        refresh.clear();
      }
      if (!refresh.delete(given)) return refused;
      used.add(given);
      return { status: 200, body: give() };
    }
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code === undefined || code.challenge !== challenge || code.redirectUri !== form.get('redirect_uri') || code.clientId !== form.get('client_id'))
      return refused;
    return { status: 200, body: give() };
  };

  return {
    secrets,
    grants,
    clients,
    settings,
    isValid: (authorization) => access.has((authorization ?? '').replace(/^Bearer /, '')),
    revoke: (all = false) => {
      access.clear();
      if (all) refresh.clear();
    },
    handle: async (request, response, origin) => {
      const url = new URL(request.url ?? '/', origin);
      if (url.pathname.startsWith('/.well-known/oauth-protected-resource')) {
        return answer(response, 200, { resource: `${origin}/mcp`, authorization_servers: [settings.authorizationServer ?? origin] });
      }
      if (url.pathname.startsWith('/.well-known/oauth-authorization-server')) {
        return answer(response, 200, {
          issuer: origin,
          authorization_endpoint: settings.authorizationEndpoint ?? `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          ...(settings.canRegister ? { registration_endpoint: `${origin}/register` } : {}),
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
        });
      }
      if (url.pathname === '/register' && settings.canRegister) {
        const clientId = `client-${randomUUID()}`;
        clients.add(clientId);
        return answer(response, 201, { ...JSON.parse(await text(request)), client_id: clientId });
      }
      if (url.pathname === '/authorize') {
        const code = `code-${randomUUID()}`;
        const parameter = (name: string): string => url.searchParams.get(name) ?? '';
        codes.set(code, { challenge: parameter('code_challenge'), redirectUri: parameter('redirect_uri'), clientId: parameter('client_id') });
        secrets.push(code);
        const back = new URL(parameter('redirect_uri'));
        back.searchParams.set('code', code);
        back.searchParams.set('state', parameter('state'));
        response.writeHead(302, { location: back.href }).end();
        return true;
      }
      if (url.pathname === '/token') {
        const form = new URLSearchParams(await text(request));
        const { status, body } = token(form);
        grants.push(`${form.get('grant_type')} ${status}`);
        return answer(response, status, body);
      }
      return false;
    },
  };
}
