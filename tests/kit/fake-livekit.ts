import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { TokenVerifier } from 'livekit-server-sdk';

/** The key by which the product and the fake know one another. */
export const liveKey = { apiKey: 'APItests', apiSecret: 'secretOfTheTests0123456789abcdefghijk' } as const;

/** A call of the fake, once its token was found right. */
export interface LiveCall {
  readonly method: string;
  readonly body: any;
}

/** A LiveKit server, as far as its API for rooms goes. */
export interface FakeLiveKit {
  /** Where clients would connect. */
  readonly url: string;
  /** Those that it has done. */
  readonly calls: readonly LiveCall[];
  /** Those that came, also when it did not do them. */
  readonly attempts: readonly LiveCall[];
  /** How it answers from now on: it does what it is asked, knows nobody, is down, or never answers. */
  behave(how: 'WELL' | 'EMPTY' | 'DOWN' | 'HANGING'): void;
  /** The environment of a product that uses it. */
  readonly environment: Readonly<Record<string, string>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the token of a call must grant, as the real one checks it: https://docs.livekit.io/reference/other/roomservice-api/ */
function isGranted(method: string, video: any, body: any): boolean {
  if (method === 'DeleteRoom') return video?.roomCreate === true;
  return video?.roomAdmin === true && video.room === body.room;
}

/** Starts one, on 127.0.0.1. */
export async function startFakeLiveKit(): Promise<FakeLiveKit> {
  const verifier = new TokenVerifier(liveKey.apiKey, liveKey.apiSecret);
  const calls: LiveCall[] = [];
  const attempts: LiveCall[] = [];
  let how: Parameters<FakeLiveKit['behave']>[0] = 'WELL';

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const method = /^\/twirp\/livekit\.RoomService\/(RemoveParticipant|UpdateParticipant|DeleteRoom)$/.exec(request.url ?? '')?.[1];
    if (method === undefined || request.method !== 'POST') return answer(404, { code: 'bad_route', msg: 'no such method' });
    const body: any = await json(request);
    const claims: any = await verifier.verify(request.headers.authorization?.replace(/^Bearer /, '') ?? '').catch(() => null);
    if (claims === null || !isGranted(method, claims.video, body)) return answer(401, { code: 'unauthenticated', msg: 'permissions denied' });
    attempts.push({ method, body });
    if (how === 'HANGING') return;
    if (how === 'DOWN') return answer(503, { code: 'unavailable', msg: 'not now' });
    calls.push({ method, body });
    if (how === 'EMPTY') return answer(404, { code: 'not_found', msg: 'participant does not exist' });
    return answer(200, {});
  }

  const server = createServer((request, response) => {
    // A client that leaves before it has said everything gets no answer.
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `ws://127.0.0.1:${port}`;
  return {
    url,
    calls,
    attempts,
    behave: (next) => void (how = next),
    environment: { LIVEKIT_URL: url, LIVEKIT_API_KEY: liveKey.apiKey, LIVEKIT_API_SECRET: liveKey.apiSecret },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
