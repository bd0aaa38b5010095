import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

/** How the provider answers when it is asked for its keys. */
export type ProviderMood = 'good' | 'hanging' | 'huge' | 'redirecting' | 'failing' | 'nonsense';

/** What a token has different from a good one; `undefined` leaves a claim or a header out. */
export interface TokenChanges {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** An identity provider on loopback, with keys that it publishes and signs by. */
export interface IdentityProvider {
  /** As it stands in `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** How often it was asked for its keys, and for its discovery document. */
  readonly asked: { keys: number; discovery: number };
  /** The public keys as they are published, to misuse them. */
  published(): Promise<readonly JsonWebKey[]>;
  /** Replaces the key by another, with another id. */
  rotate(): Promise<void>;
  behave(mood: ProviderMood): void;
  /** A token that is good for an hour from now, but for the changes. */
  token(subject: string, changes?: TokenChanges): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts one. @param algorithm with which it signs; ES256 by default */
export async function startIdentityProvider(algorithm: 'ES256' | 'RS256' | 'EdDSA' = 'ES256'): Promise<IdentityProvider> {
  const audience = 'colloquy';
  const asked = { keys: 0, discovery: 0 };
  let mood: ProviderMood = 'good';
  let keyNumber = 0;
  const makeKey = async () => {
    keyNumber += 1;
    return { id: `key-${keyNumber}`, ...(await generateKeyPair(algorithm, { extractable: true })) };
  };
  let key = await makeKey();
  const published = async () => [{ ...(await exportJWK(key.publicKey)), kid: key.id, alg: algorithm, use: 'sig' }];

  const send = (response: ServerResponse, body: unknown): void => void response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  const sendKeys = async (response: ServerResponse): Promise<void> => {
    if (mood === 'hanging') return;
    if (mood === 'failing') return void response.writeHead(500).end();
    if (mood === 'nonsense') return send(response, { keys: 'none' });
    if (mood === 'redirecting') return void response.writeHead(302, { location: '/keys-elsewhere' }).end();
    send(response, mood === 'huge' ? { keys: await published(), filler: 'x'.repeat(2_000_000) } : { keys: await published() });
  };
  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    if (request.url === '/.well-known/openid-configuration') {
      asked.discovery += 1;
      return send(response, { issuer, jwks_uri: `${issuer}/keys` });
    }
    if (request.url === '/keys') asked.keys += 1;
    // Where a redirect leads there are good keys, so that only the refusal to follow it keeps them away.
    if (request.url === '/keys-elsewhere') mood = 'good';
    void sendKeys(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;

  return {
    issuer,
    audience,
    asked,
    published,
    rotate: async () => void (key = await makeKey()),
    behave: (next) => void (mood = next),
    token: async (subject, { header = {}, claims = {} } = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      const payload: JWTPayload = { iss: issuer, aud: audience, sub: subject, iat: now, exp: now + 3_600, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid: key.id, typ: 'JWT', ...header }).sign(key.privateKey);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
