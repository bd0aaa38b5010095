import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** How an answer streams: so many thoughts and tokens, so many a second, the first of them after a wait. */
export interface FakeProviderPace {
  readonly tokens: number;
  /** Of reasoning, before the tokens. */
  readonly thoughts: number;
  /** Of thoughts and tokens a second; 0 sends all at once. */
  readonly rate: number;
  /** Before the first of them. */
  readonly delayMs: number;
  /** How many tokens of the question the provider has kept from before. */
  readonly cached: number;
}

/** What a provider bills; in the words of `EngineUsage`. */
export interface FakeBill {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** What is read of the body of a request, whatever it looks like. */
export interface FakeQuestion {
  readonly model: string;
  readonly system: string;
  /** The last words of the user. */
  readonly text: string;
  readonly hasTools: boolean;
}

/** A request and what became of it. */
export interface FakeProviderRequest extends FakeQuestion {
  readonly path: string;
  readonly body: string;
  readonly isTitle: boolean;
  readonly pace: FakeProviderPace;
  sent: number;
  /** `aborted` when the client closed before the end. */
  state: 'open' | 'finished' | 'aborted';
  /** The costs so far: the whole question, and what was written. */
  bill(): FakeBill;
}

/** How a provider speaks. Each writes what stands in its stream. */
export interface FakeDialect {
  readonly contentType: string;
  /** Reads a request for an answer from its body; null for any other. */
  read(path: string, body: string): FakeQuestion | null;
  /** Answers with the list of models. */
  readonly models: unknown;
  begin(request: FakeProviderRequest): string;
  thought(request: FakeProviderRequest, words: string): string;
  token(request: FakeProviderRequest, words: string): string;
  end(request: FakeProviderRequest): string;
}

/** A provider on 127.0.0.1. */
export interface FakeProvider {
  readonly url: string;
  /** Every request for an answer so far: what was asked, and what is billed for it. */
  readonly requests: readonly FakeProviderRequest[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** All streams are served by one timer. */
const tickMs = 5;

/** How conversations are named. */
const title = 'A fake title';

const defaultPace: FakeProviderPace = { tokens: 5, thoughts: 0, rate: 0, delayMs: 0, cached: 0 };

function paceOf(words: string): FakeProviderPace {
  if (!words.trim().startsWith('{')) return defaultPace;
  return { ...defaultPace, ...JSON.parse(words) };
}

function journalled(path: string, body: string, question: FakeQuestion): FakeProviderRequest {
  const isTitle = /\btitle\b/i.test(question.system) && !question.hasTools;
  const pace = isTitle ? { ...defaultPace, tokens: 1 } : paceOf(question.text);
  // Four characters a token, as anybody would guess.
  const inputTokens = Math.ceil(body.length / 4);
  return {
    ...question,
    path,
    body,
    isTitle,
    pace,
    sent: 0,
    state: 'open',
    bill(): FakeBill {
      return { inputTokens, cachedInputTokens: pace.cached, outputTokens: this.sent, reasoningTokens: Math.min(this.sent, pace.thoughts) };
    },
  };
}

interface OpenStream {
  readonly request: FakeProviderRequest;
  readonly response: ServerResponse;
  readonly startedAt: number;
}

function dueOf({ request, startedAt }: OpenStream, now: number): number {
  const { tokens, thoughts, rate, delayMs } = request.pace;
  const elapsed = now - startedAt - delayMs;
  if (elapsed < 0) return 0;
  return rate <= 0 ? tokens + thoughts : Math.min(tokens + thoughts, Math.floor((elapsed * rate) / 1_000) + 1);
}

/** The text of the thought or token with a number, from 1. */
export function fakeWords(kind: 'thought' | 'token', number: number): string {
  return `${kind}${number} `;
}

/**
 * Starts a provider. A request says how it wants its answer by JSON in its last user message, for example
 * `{"tokens":200,"thoughts":3,"rate":50,"delayMs":0,"cached":7}`.
 */
export async function startFakeProvider(dialect: FakeDialect): Promise<FakeProvider> {
  const requests: FakeProviderRequest[] = [];
  const streams = new Set<OpenStream>();

  const next = (request: FakeProviderRequest): string => {
    request.sent += 1;
    const { thoughts } = request.pace;
    if (request.isTitle) return dialect.token(request, title);
    if (request.sent <= thoughts) return dialect.thought(request, fakeWords('thought', request.sent));
    return dialect.token(request, fakeWords('token', request.sent - thoughts));
  };
  const advance = (stream: OpenStream): void => {
    const { request, response } = stream;
    const due = dueOf(stream, performance.now());
    while (request.sent < due) response.write(next(request));
    if (due < request.pace.tokens + request.pace.thoughts) return;
    streams.delete(stream);
    request.state = 'finished';
    response.end(dialect.end(request));
  };
  const timer = setInterval(() => {
    for (const stream of streams) advance(stream);
  }, tickMs);

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '';
    const sendJson = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (incoming.method === 'GET') return sendJson(200, dialect.models);
    const body = await text(incoming);
    const question = dialect.read(path, body);
    if (question === null) return sendJson(404, { error: { message: `No route ${path}` } });
    const request = journalled(path, body, question);
    requests.push(request);
    const stream = { request, response, startedAt: performance.now() };
    response.once('close', () => {
      if (streams.delete(stream)) request.state = 'aborted';
    });
    response.writeHead(200, { 'content-type': dialect.contentType });
    response.write(dialect.begin(request));
    streams.add(stream);
    advance(stream);
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
