import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

/** How an answer streams: so many tokens, so many a second, the first of them after a wait. */
export interface FakePace {
  readonly tokens: number;
  /** Tokens a second; 0 sends all at once. */
  readonly rate: number;
  /** Before the first token. */
  readonly delayMs: number;
  /** How often the same message is refused with status 500 before it is answered; never when absent. */
  readonly refusals?: number;
  /** After how many tokens the connection breaks; never when absent. */
  readonly cutAfter?: number;
}

/** A call of a tool, or a text. */
export type FakeAnswer = { readonly call: string; readonly arguments: unknown } | { readonly text: string };

/** What the server does when a request does not say. */
export interface FakeOpenAiOptions extends Partial<FakePace> {
  /** 0, a free one, by default. */
  readonly port?: number;
  /** What is answered in place of tokens, given what was asked with how many answers of tools in the end; null for tokens. */
  readonly answer?: (toolAnswers: readonly string[]) => FakeAnswer | null;
  /** How conversations are named. */
  readonly title?: string;
}

/** What is read of the body of a request. */
interface FakeBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly stream?: boolean;
  readonly tools?: readonly unknown[];
}

/** A request to the server and what became of it. */
export interface FakeRequest {
  readonly path: string;
  readonly body: FakeBody;
  readonly isTitle: boolean;
  readonly pace: FakePace;
  sentTokens: number;
  /** What it is charged: what was read, and what was written until the end or until the client left. */
  billed: { inputTokens: number; outputTokens: number };
  /** `aborted` when the client closed before the end, `cut` when the server did, `refused` when it was not answered. */
  state: 'open' | 'finished' | 'aborted' | 'cut' | 'refused';
}

/** A server that speaks the chat completions API. */
export interface FakeOpenAi {
  /** For `OPENAI_BASE_URL`, with `/v1`. */
  readonly baseUrl: string;
  /** Every request for a completion so far. */
  readonly requests: readonly FakeRequest[];
  /** How many answers are streaming now. */
  open(): number;
  /** How many answers the client has cut off. */
  aborted(): number;
  close(): Promise<void>;
}

interface OpenStream {
  readonly request: FakeRequest;
  readonly response: ServerResponse;
  readonly startedAt: number;
}

/** All streams are served by one timer; a frame of a tick holds all tokens that are due. */
const tickMs = 5;

const head = (model: string): string => `data: {"id":"chatcmpl-fake","object":"chat.completion.chunk","created":1,"model":${JSON.stringify(model)},`;
const frame = (model: string, content: string): string =>
  `${head(model)}"choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null}]}\n\n`;

function callFrames(model: string, { call, arguments: input }: Extract<FakeAnswer, { call: string }>, id: number): string {
  const text = JSON.stringify(JSON.stringify(input));
  const toolCall = `{"index":0,"id":"call_${id}","type":"function","function":{"name":${JSON.stringify(call)},"arguments":${text}}}`;
  const done = `${head(model)}"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\n`;
  const usage = `${head(model)}"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\n`;
  return `${head(model)}"choices":[{"index":0,"delta":{"tool_calls":[${toolCall}]},"finish_reason":null}]}\n\n${done}${usage}data: [DONE]\n\n`;
}

/** The text of the token with a number, from 1. */
export function fakeToken(number: number): string {
  return `token${number} `;
}

function paceOf(message: string, defaults: FakePace): FakePace {
  if (!message.trim().startsWith('{')) return defaults;
  try {
    return { ...defaults, ...JSON.parse(message) };
  } catch {
    return defaults;
  }
}

function ending(model: string, promptTokens: number, completionTokens: number): string {
  const total = promptTokens + completionTokens;
  const usage = `{"prompt_tokens":${promptTokens},"completion_tokens":${completionTokens},"total_tokens":${total}}`;
  return `${head(model)}"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n${head(model)}"choices":[],"usage":${usage}}\n\ndata: [DONE]\n\n`;
}

function dueTokens({ request, startedAt }: OpenStream, now: number): number {
  const { tokens, rate, delayMs } = request.pace;
  const elapsed = now - startedAt - delayMs;
  if (elapsed < 0) return 0;
  return rate <= 0 ? tokens : Math.min(tokens, Math.floor((elapsed * rate) / 1_000) + 1);
}

/** Starts the server on 127.0.0.1. A request says how it wants its answer by JSON in its last user message: `{"tokens":200,"rate":50,"delayMs":0}`. */
export async function startFakeOpenAi(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
  const { port = 0, tokens = 20, rate = 50, delayMs = 0, title = 'A fake title' } = options;
  const requests: FakeRequest[] = [];
  const streams = new Set<OpenStream>();
  let timer: NodeJS.Timeout | null = null;
  let abortedCount = 0;

  const advance = (stream: OpenStream, now: number): void => {
    const { request, response } = stream;
    const { cutAfter = Infinity } = request.pace;
    const due = Math.min(dueTokens(stream, now), cutAfter);
    const { model, messages } = request.body;
    let output = '';
    while (request.sentTokens < due) {
      request.sentTokens += 1;
      request.billed.outputTokens += 1;
      output += frame(model, request.isTitle ? title : fakeToken(request.sentTokens));
    }
    if (request.sentTokens >= cutAfter) {
      streams.delete(stream);
      request.state = 'cut';
      // What was written goes out first.
      if (output === '') response.destroy();
      else response.write(output, () => response.destroy());
      return;
    }
    if (due < request.pace.tokens) {
      if (output !== '') response.write(output);
      return;
    }
    streams.delete(stream);
    request.state = 'finished';
    response.end(output + ending(model, messages.length, request.sentTokens));
  };
  const tick = (): void => {
    const now = performance.now();
    for (const stream of streams) advance(stream, now);
    if (streams.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  const begin = (request: FakeRequest, response: ServerResponse): void => {
    const stream = { request, response, startedAt: performance.now() };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    streams.add(stream);
    response.once('close', () => {
      if (!streams.delete(stream)) return;
      request.state = 'aborted';
      abortedCount += 1;
    });
    advance(stream, stream.startedAt);
    timer ??= setInterval(tick, tickMs);
  };
  const complete = (request: FakeRequest, response: ServerResponse): void => {
    const content = request.isTitle ? title : Array.from({ length: request.pace.tokens }, (_, index) => fakeToken(index + 1)).join('');
    request.sentTokens = request.pace.tokens;
    request.billed.outputTokens = request.sentTokens;
    request.state = 'finished';
    const usage = { prompt_tokens: request.body.messages.length, completion_tokens: request.sentTokens };
    const message = { role: 'assistant', content };
    sendJson(response, 200, {
      id: 'chatcmpl-fake',
      object: 'chat.completion',
      model: request.body.model,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage,
    });
  };
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '';
    if (incoming.method === 'GET' && path.endsWith('/models')) {
      sendJson(response, 200, { object: 'list', data: [{ id: 'fake-model', object: 'model', created: 1, owned_by: 'fake' }] });
      return;
    }
    if (incoming.method !== 'POST' || !path.endsWith('/chat/completions')) {
      sendJson(response, 404, { error: { message: `No route ${path}`, type: 'invalid_request_error', code: null } });
      return;
    }
    const body: FakeBody = JSON.parse(await text(incoming));
    const said = (role: string): string => body.messages.findLast((message) => message.role === role)?.content ?? '';
    const isTitle = /\btitle\b/i.test(said('system')) && body.tools === undefined;
    const before = requests.filter(
      ({ body: { messages }, isTitle: wasTitle }) => wasTitle === isTitle && JSON.stringify(messages) === JSON.stringify(body.messages),
    );
    const pace = isTitle ? { tokens: 1, rate: 0, delayMs: 0 } : paceOf(said('user'), { tokens, rate, delayMs });
    const request: FakeRequest = { path, body, isTitle, pace, sentTokens: 0, billed: { inputTokens: body.messages.length, outputTokens: 0 }, state: 'open' };
    requests.push(request);
    if (before.length < (pace.refusals ?? 0)) {
      request.state = 'refused';
      request.billed.inputTokens = 0;
      sendJson(response, 500, { error: { message: 'An order to fail', type: 'server_error', code: null } });
      return;
    }
    const toolAnswers = body.messages
      .slice(body.messages.findLastIndex((message) => message.role === 'user'))
      .flatMap(({ role, content }) => (role === 'tool' ? [content ?? ''] : []));
    const answer = isTitle ? null : (options.answer?.(toolAnswers) ?? null);
    if (answer !== null) {
      request.state = 'finished';
      request.billed = { inputTokens: 1, outputTokens: 1 };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('text' in answer ? frame(body.model, answer.text) + ending(body.model, 1, 1) : callFrames(body.model, answer, requests.length));
    } else if (body.stream === true) begin(request, response);
    else complete(request, response);
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) =>
      sendJson(response, 400, { error: { message: String(error), type: 'invalid_request_error', code: null } }),
    );
  });
  server.listen(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    requests,
    open: () => streams.size,
    aborted: () => abortedCount,
    close: async () => {
      if (timer !== null) clearInterval(timer);
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

// As a program: `node tests/kit/fake-openai.ts --port 0 --tokens 200 --rate 50` prints its base URL and serves until it is told to stop.
if (import.meta.main) {
  const flag = { type: 'string' } as const;
  const { values } = parseArgs({ options: { port: flag, tokens: flag, rate: flag, 'delay-ms': flag } });
  const numbers = { port: values.port, tokens: values.tokens, rate: values.rate, delayMs: values['delay-ms'] };
  const given = Object.fromEntries(Object.entries(numbers).flatMap(([name, value]) => (value === undefined ? [] : [[name, Number(value)]])));
  const server = await startFakeOpenAi(given);
  process.stdout.write(`${server.baseUrl}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}
