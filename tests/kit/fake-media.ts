import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createDeferred, type Deferred } from '../../src/base/async.ts';
import { png } from './pictures.ts';

/** A request as it came over the wire. */
export interface MediaRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  /** Its body as JSON; null where it is none. */
  readonly json: any;
  /** Whether its connection was closed before it was answered. */
  isAborted: boolean;
}

/** What a job came to. */
export interface FakeJob {
  readonly id: string;
  state: 'open' | 'done' | 'failed' | 'cancelled';
  /** How often it was asked for. */
  looks: number;
}

/** How the server answers one request in place of what it would. */
export type MediaReply = (response: ServerResponse, request: MediaRequest) => void;

/** Providers of pictures, speech and long jobs on one port of 127.0.0.1. */
export interface FakeMedia {
  readonly url: string;
  readonly requests: readonly MediaRequest[];
  /** Those whose path matches, in their order. */
  asked(path: RegExp): readonly MediaRequest[];
  readonly jobs: readonly FakeJob[];
  /** After how many looks a job is done; Infinity for never. */
  looksUntilDone: number;
  /** What pictures are. */
  picture: Uint8Array;
  /** Where results lie, in place of this server. */
  resultAddress: string | null;
  /** What a job of words answers. */
  output: unknown;
  /** Lets a stream go on that waits in its middle; streams do not wait unless `isHeld`. */
  isHeld: boolean;
  release(): void;
  /** The next requests whose path matches are answered so, one by one. */
  reply(path: RegExp, ...replies: readonly MediaReply[]): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Sends JSON, or a web page where the body is a text. */
export function answered(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): MediaReply {
  const isText = typeof body === 'string';
  return (response) =>
    void response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers }).end(isText ? body : JSON.stringify(body));
}

/** Never answers. */
export const neverAnswered: MediaReply = () => {};

/** Answers with headers and half a body, and breaks off. */
export const cutOff: MediaReply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"half":', () => setImmediate(() => response.socket?.resetAndDestroy()));
};

/** Answers with headers and half a body, and falls silent. */
export const stalled: MediaReply = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"half":');

/** The text that every recording says, with its times in seconds. */
export const spokenText = 'Good morning. The tide is low.';
const segments = [
  { id: 0, start: 0, end: 1.25, text: ' Good morning.' },
  { id: 1, start: 1.25, end: 3.5, text: ' The tide is low.' },
];

/** Sound, as far as anybody can tell who looks at the first bytes: an MP3 of silent frames. */
export function mp3(frames = 20): Uint8Array<ArrayBuffer> {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x00]);
  return Uint8Array.from(Buffer.concat(Array.from({ length: frames }, () => frame)));
}

/** Starts the providers. */
export async function startFakeMedia(): Promise<FakeMedia> {
  const requests: MediaRequest[] = [];
  const jobs: FakeJob[] = [];
  const replies: { readonly path: RegExp; readonly reply: MediaReply }[] = [];
  let gate: Deferred<void> = createDeferred();
  const base64 = (): string => Buffer.from(media.picture).toString('base64');
  const address = (): string => media.resultAddress ?? `${media.url}/files/picture.png`;

  const newJob = (): FakeJob => {
    const job: FakeJob = { id: `job-${jobs.length + 1}`, state: 'open', looks: 0 };
    jobs.push(job);
    return job;
  };
  const look = (path: string): FakeJob => {
    const job = jobs.find(({ id }) => path.split('/').includes(id));
    if (job === undefined) throw new Error(`no job at ${path}`);
    job.looks += 1;
    if (job.state === 'open' && job.looks >= media.looksUntilDone) job.state = 'done';
    return job;
  };
  const cancel = (path: string): FakeJob => {
    const job = look(path);
    job.state = 'cancelled';
    return job;
  };

  /** Streams pieces; waits behind the first where it is held. */
  const streamed = async (response: ServerResponse, contentType: string, first: Uint8Array, rest: Uint8Array): Promise<void> => {
    response.writeHead(200, { 'content-type': contentType });
    response.write(first);
    if (media.isHeld) await gate.promise;
    response.end(rest);
  };

  const openAiPictures = async (response: ServerResponse, { path, json, bytes }: MediaRequest): Promise<void> => {
    const kind = path.endsWith('/edits') ? 'image_edit' : 'image_generation';
    const isStreamed = json?.stream === true || /name="stream"\r\n\r\ntrue/.test(bytes.toString('latin1'));
    if (!isStreamed) return answered(200, { created: 1, data: [{ b64_json: base64() }] })(response, requests[0] as never);
    const event = (data: unknown): Uint8Array => Buffer.from(`event: x\ndata: ${JSON.stringify(data)}\n\n`);
    const partial = event({ type: `${kind}.partial_image`, b64_json: base64(), partial_image_index: 0 });
    await streamed(
      response,
      'text/event-stream',
      partial,
      event({ type: `${kind}.completed`, b64_json: base64(), usage: { input_tokens: 12, output_tokens: 1056 } }),
    );
  };

  const prediction = ({ id, state }: FakeJob): unknown => {
    const status = { open: 'processing', done: 'succeeded', failed: 'failed', cancelled: 'canceled' }[state];
    return { id, status, output: state === 'done' ? [address()] : null, error: state === 'failed' ? 'the machine broke' : null };
  };

  const speech = async (response: ServerResponse): Promise<void> => {
    const sound = Buffer.from(mp3());
    await streamed(response, 'audio/mpeg', sound.subarray(0, 1_000), sound.subarray(1_000));
  };

  const routes: readonly (readonly [method: string, path: RegExp, answer: (response: ServerResponse, request: MediaRequest) => unknown])[] = [
    ['POST', /^\/v1\/images\/(generations|edits)$/, openAiPictures],
    [
      'POST',
      /:generateContent/,
      (response, request) =>
        answered(200, {
          candidates: [{ content: { parts: [{ inlineData: { mimeType: 'image/png', data: base64() } }] } }],
          usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1290 },
        })(response, request),
    ],
    ['POST', /^\/replicate\/models\/.*\/predictions$/, (response, request) => answered(201, prediction(newJob()))(response, request)],
    ['POST', /^\/replicate\/predictions\/[^/]+\/cancel$/, (response, request) => answered(200, prediction(cancel(request.path)))(response, request)],
    ['GET', /^\/replicate\/predictions\//, (response, request) => answered(200, prediction(look(request.path)))(response, request)],
    ['PUT', /^\/fal\/.*\/cancel$/, (response, request) => answered(202, { status: cancel(request.path).state })(response, request)],
    [
      'GET',
      /^\/fal\/.*\/status$/,
      (response, request) => answered(200, { status: look(request.path).state === 'done' ? 'COMPLETED' : 'IN_PROGRESS' })(response, request),
    ],
    [
      'GET',
      /^\/fal\/.*\/requests\/[^/]+$/,
      (response, request) => answered(200, { images: [{ url: address() }], has_nsfw_concepts: [false] })(response, request),
    ],
    [
      'POST',
      /^\/fal\//,
      (response, request) =>
        answered(200, { request_id: newJob().id, status_url: 'http://169.254.169.254/', response_url: 'http://169.254.169.254/' })(response, request),
    ],
    ['GET', /^\/files\//, (response) => response.writeHead(200, { 'content-type': 'image/png' }).end(media.picture)],
    [
      'POST',
      /^\/v1\/audio\/transcriptions$/,
      (response, request) => answered(200, { text: spokenText, language: 'english', duration: 3.5, segments })(response, request),
    ],
    ['POST', /^\/v1\/audio\/speech$/, speech],
    ['POST', /^\/cartesia\/tts\/bytes$/, speech],
    [
      'GET',
      /^\/cartesia\/voices/,
      (response, request) =>
        answered(200, {
          data: [{ id: 'a0e99841-438c-4a64-b679-ae501e7d6091', name: 'Barbershop Man', description: 'Calm.', language: 'en' }],
          has_more: false,
        })(response, request),
    ],
    ['POST', /^\/runpod\/[^/]+\/run$/, (response, request) => answered(200, { id: newJob().id, status: 'IN_QUEUE' })(response, request)],
    ['POST', /^\/runpod\/[^/]+\/cancel\//, (response, request) => answered(200, { id: cancel(request.path).id, status: 'CANCELLED' })(response, request)],
    [
      'GET',
      /^\/runpod\/[^/]+\/status\//,
      (response, request) => {
        const { id, state } = look(request.path);
        const status = { open: 'IN_PROGRESS', done: 'COMPLETED', failed: 'FAILED', cancelled: 'CANCELLED' }[state];
        return answered(200, { id, status, ...(state === 'done' ? { output: media.output } : {}) })(response, request);
      },
    ],
    ['POST', /^\/modal\/submit$/, (response, request) => answered(202, { call_id: newJob().id })(response, request)],
    ['POST', /^\/modal\/cancel\//, (response, request) => answered(200, { state: cancel(request.path).state })(response, request)],
    [
      'GET',
      /^\/modal\/result\//,
      (response, request) => (look(request.path).state === 'done' ? answered(200, media.output) : answered(202, {}))(response, request),
    ],
  ];

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '';
    const bytes = await buffer(incoming);
    const isJson = (incoming.headers['content-type'] ?? '').startsWith('application/json') && bytes.length > 0;
    const request: MediaRequest = {
      method: incoming.method ?? '',
      path,
      headers: incoming.headers,
      bytes,
      json: isJson ? JSON.parse(bytes.toString()) : null,
      isAborted: false,
    };
    requests.push(request);
    response.once('close', () => (request.isAborted = !response.writableFinished));
    const index = replies.findIndex((entry) => entry.path.test(path));
    const [instead] = index === -1 ? [] : replies.splice(index, 1);
    if (instead !== undefined) return instead.reply(response, request);
    const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path.split('?', 1)[0] ?? ''));
    if (route === undefined) return answered(404, { error: { message: `No route ${request.method} ${path}` } })(response, request);
    await route[2](response, request);
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');

  const media: FakeMedia = {
    url: `http://127.0.0.1:${bound.port}`,
    requests,
    asked: (path) => requests.filter((request) => path.test(request.path)),
    jobs,
    looksUntilDone: 2,
    picture: png(8, 6),
    resultAddress: null,
    output: null,
    isHeld: false,
    release: () => {
      gate.resolve();
      gate = createDeferred();
    },
    reply: (path, ...more) => void replies.push(...more.map((reply) => ({ path, reply }))),
    [Symbol.asyncDispose]: async () => {
      gate.resolve();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return media;
}
