import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createGoogleJudge } from '../../src/sentiment/google.ts';

interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = { readonly status: number; readonly body: unknown } | 'cut' | 'silence';

const good = { status: 200, body: { documentSentiment: { score: 0.8, magnitude: 0.9 } } } as const;

/** A server that speaks Google's two services, with the answers that a test gives, the last one again and again. */
async function startFakeGoogle(answers: readonly Answer[], tokenSeconds = 3_600) {
  const asked: Asked[] = [];
  let tokens = 0;
  const server = createServer((request, response) => {
    const respond = async (): Promise<void> => {
      const body = await text(request);
      const path = request.url ?? '';
      asked.push({ path, headers: request.headers, body });
      if (path === '/token') {
        tokens += 1;
        response.end(JSON.stringify({ access_token: `token-${tokens}`, expires_in: tokenSeconds }));
        return;
      }
      const judged = asked.filter((other) => other.path !== '/token').length;
      const answer = answers[Math.min(judged, answers.length) - 1] ?? good;
      if (answer === 'cut') request.socket.destroy();
      else if (answer !== 'silence') response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    };
    // A client that leaves before it has said everything gets no answer.
    respond().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    judgements: () => asked.filter(({ path }) => path !== '/token'),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
const serviceAccountOf = async (url: string) => ({
  client_email: 'robot@example.iam.gserviceaccount.com',
  private_key: await exportPKCS8(privateKey),
  private_key_id: 'key-1',
  token_uri: `${url}/token`,
});

const signal = new AbortController().signal;
const fault = (status: number, message: string) => ({ status, body: { error: { code: status, message, status: 'SOME_STATUS' } } });

function judgeWithKey(url: string) {
  return createGoogleJudge({ config: { apiKey: 'secret-key', serviceAccount: null, baseUrl: url }, fetch, clock: { now: () => new Date() }, random: () => 0 });
}

describe('the judge of Google', () => {
  it('sends the text with the key in a header, and reads score and magnitude', async () => {
    await using google = await startFakeGoogle([good]);
    expect(await judgeWithKey(google.url)('I love it 😀', signal)).toEqual({ score: 0.8, magnitude: 0.9, label: 'POSITIVE', emotion: null });
    const [asked] = google.judgements();
    expect(asked?.path).toBe('/v2/documents:analyzeSentiment?fields=documentSentiment');
    expect(asked?.headers['x-goog-api-key']).toBe('secret-key');
    expect(JSON.parse(asked?.body ?? '')).toEqual({ document: { type: 'PLAIN_TEXT', content: 'I love it 😀' }, encodingType: 'UTF16' });
  });

  it.each([
    [0, 0.1, 'NEUTRAL'],
    [0.05, 3, 'MIXED'],
    [-0.7, 3, 'NEGATIVE'],
  ])('calls a score of %d with a magnitude of %d %s', async (score, magnitude, label) => {
    await using google = await startFakeGoogle([{ status: 200, body: { documentSentiment: { score, magnitude } } }]);
    expect(await judgeWithKey(google.url)('text', signal)).toMatchObject({ score, magnitude, label });
  });

  it('signs a service account in, and keeps its token until shortly before its end', async () => {
    await using google = await startFakeGoogle([good]);
    const account = await serviceAccountOf(google.url);
    let now = new Date('2026-11-28T12:00:00Z');
    const judge = createGoogleJudge({
      config: { apiKey: 'unused', serviceAccount: account, baseUrl: google.url },
      fetch,
      clock: { now: () => now },
      random: () => 0,
    });
    await judge('one', signal);
    await judge('two', signal);
    now = new Date(now.getTime() + 3_541_000);
    await judge('three', signal);
    expect(google.judgements().map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
    const [first] = google.asked;
    const form = new URLSearchParams(first?.body ?? '');
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const { payload, protectedHeader } = await jwtVerify(form.get('assertion') ?? '', publicKey, {
      issuer: account.client_email,
      audience: account.token_uri,
      currentDate: new Date('2026-11-28T12:00:00Z'),
    });
    expect(payload['scope']).toBe('https://www.googleapis.com/auth/cloud-language');
    expect(protectedHeader.kid).toBe('key-1');
  });

  it.each<readonly [string, Answer]>([
    ['an overload', fault(503, 'Busy')],
    ['a limit', fault(429, 'Slow down')],
    ['a cut connection', 'cut'],
  ])('tries once more after %s', async (_name, first) => {
    await using google = await startFakeGoogle([first, good]);
    expect(await judgeWithKey(google.url)('text', signal)).toMatchObject({ score: 0.8 });
    expect(google.judgements()).toHaveLength(2);
  });

  it('asks for another token when one is refused', async () => {
    await using google = await startFakeGoogle([fault(401, 'Expired'), good]);
    const config = { apiKey: null, serviceAccount: await serviceAccountOf(google.url), baseUrl: google.url };
    await createGoogleJudge({ config, fetch, clock: { now: () => new Date() }, random: () => 0 })('text', signal);
    expect(google.judgements().map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it.each<readonly [Answer, string, number]>([
    [fault(400, 'API key not valid'), 'Google Cloud Natural Language answered 400 SOME_STATUS: API key not valid. Check GOOGLE_NLP_API_KEY', 1],
    [fault(403, 'API disabled'), 'Enable the Cloud Natural Language API', 1],
    [fault(503, 'Busy'), 'answered 503', 2],
    [{ status: 200, body: { other: 1 } }, 'did not answer in its own format', 2],
    ['cut', 'cannot be reached', 2],
  ])('names what went wrong: %j', async (answer, message, attempts) => {
    await using google = await startFakeGoogle([answer]);
    await expect(judgeWithKey(google.url)('text', signal)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining(message) });
    await expect(judgeWithKey(google.url)('text', signal)).rejects.not.toMatchObject({ message: expect.stringContaining('secret-key') });
    expect(google.judgements()).toHaveLength(2 * attempts);
  });

  it('judges nothing in a language that Google does not know', async () => {
    await using google = await startFakeGoogle([fault(400, 'The language tlh is not supported for document_sentiment analysis.')]);
    expect(await judgeWithKey(google.url)('nuqneH', signal)).toBeNull();
  });

  it('hears the abort while Google is silent', async () => {
    await using google = await startFakeGoogle(['silence']);
    const controller = new AbortController();
    const judging = judgeWithKey(google.url)('text', controller.signal);
    controller.abort(new Error('enough'));
    await expect(judging).rejects.toThrow('enough');
  });
});
