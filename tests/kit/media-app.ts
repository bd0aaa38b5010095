import type { AppOverrides } from '../../src/app.ts';
import { startTestApp, type TestApp, type TestPerson } from './app.ts';
import { startFakeMedia, type FakeMedia } from './fake-media.ts';
import { subscribeSse } from './sse-client.ts';

/** The configuration by which the product knows the providers of a fake. */
export function mediaEnvironment({ url }: Pick<FakeMedia, 'url'>): Readonly<Record<string, string>> {
  return {
    OPENAI_API_KEY: 'keyOfTheTests0123456789',
    OPENAI_BASE_URL: `${url}/v1`,
    REPLICATE_API_TOKEN: 'keyOfTheTests0123456789',
    REPLICATE_BASE_URL: `${url}/replicate`,
    FAL_KEY: 'keyOfTheTests0123456789',
    FAL_BASE_URL: `${url}/fal`,
    CARTESIA_API_KEY: 'keyOfTheTests0123456789',
    CARTESIA_BASE_URL: `${url}/cartesia`,
    IMAGE_MODEL: 'openai:gpt-image-1',
    ENGINE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1',
    JOB_POLL_FIRST_MS: '2',
    JOB_POLL_LONGEST_MS: '5',
  };
}

/** The product with providers of pictures and speech, and somebody in it. */
export interface MediaApp {
  readonly app: TestApp;
  readonly media: FakeMedia;
  readonly ada: TestPerson;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts both. */
export async function startMediaApp(
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    /** More of it, that needs to know where the fake is. */
    readonly environmentOf?: (media: FakeMedia) => Readonly<Record<string, string>>;
    readonly overrides?: AppOverrides;
  } = {},
): Promise<MediaApp> {
  const disposal = new AsyncDisposableStack();
  const media = disposal.use(await startFakeMedia());
  const environment = { ...mediaEnvironment(media), ...options.environment, ...options.environmentOf?.(media) };
  const app = disposal.use(await startTestApp({ ...(options.overrides === undefined ? {} : { overrides: options.overrides }), environment }));
  return { app, media, ada: await app.person(), [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

/** All events of a run, with what they name. */
export async function mediaEventsOf(app: Pick<TestApp, 'url'>, person: TestPerson, runId: string): Promise<readonly any[]> {
  const query = `subscription ($id: ID!) { runEvents(runId: $id) { __typename seq
    ... on StatusChanged { status } ... on ImagePreviewed { index preview { downloadUrl } } ... on ImageReady { part { id name mediaType width height downloadUrl } }
    ... on TextDelta { text } ... on UsageReported { costMicros outputTokens } ... on RunFinished { reason } ... on RunFailed { code message retryable } } }`;
  const stream = await subscribeSse(app.url, { query, variables: { id: runId }, token: person.token });
  const events: any[] = [];
  for (;;) {
    const event: any = await stream.nextEvent();
    if (event.kind !== 'next') return events;
    if (event.result.errors !== undefined) throw new Error(JSON.stringify(event.result.errors));
    events.push(event.result.data.runEvents);
  }
}

const generate = 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { run { id kind model conversation { id } message { id } } } }';

/** Has pictures drawn. */
export async function generateImage(person: TestPerson, input: Readonly<Record<string, unknown>>): Promise<any> {
  return (await person.client.request(generate, { input })).generateImage.run;
}

/** The document of `generateImage`, for tests that look at its failures. */
export const generateImageDocument: string = generate;

/** The error that a mutation is refused with. */
export async function refusalOf(person: TestPerson, document: string, input: Readonly<Record<string, unknown>>): Promise<any> {
  const [error] = (await person.client.ask(document, { input })).body?.errors ?? [];
  if (error === undefined) throw new Error(`${document} was not refused`);
  return error;
}
