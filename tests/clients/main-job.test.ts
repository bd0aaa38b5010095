import { ApolloClient, ApolloLink, InMemoryCache, Observable } from '@apollo/client/core';
import { createClient as createUrqlClient, fetchExchange } from '@urql/core';
import { print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { autoAnalyzeDocument, createSessionDocument, registerDocument, runEventsDocument } from '../documents/main-job.ts';
import type { RunEventsSubscription } from '../generated/graphql.ts';
import { startTestApp, type TestApp } from '../kit/app.ts';
import { carsCsv } from '../kit/datasets.ts';

type Event = RunEventsSubscription['runEvents'];

let app: TestApp;
let token: string;
let runId: string;

/** What a person does first, with urql: register, upload, make a session, start the analysis. */
beforeAll(async () => {
  app = await startTestApp();
  const nobody = createUrqlClient({ url: `${app.url}/graphql`, exchanges: [fetchExchange], preferGetMethod: false });
  const registered = await nobody.mutation(registerDocument, { input: { email: 'ada@example.org', password: 'correct horse battery' } }).toPromise();
  token = registered.data?.register.accessToken ?? '';
  const client = createUrqlClient({
    url: `${app.url}/graphql`,
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
  });
  const form = new FormData();
  form.append('file', new Blob([carsCsv()]), 'cars.csv');
  const uploaded = await fetch(`${app.url}/uploads`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: form });
  const { files } = await uploaded.json();
  const created = await client.mutation(createSessionDocument, { input: { fileIds: [files[0].id] } }).toPromise();
  const session = created.data?.createSession.session;
  expect(session?.files[0]).toMatchObject({ name: 'cars.csv', rowCount: 406, columnCount: 9 });
  const started = await client.mutation(autoAnalyzeDocument, { input: { sessionId: session?.id ?? '' } }).toPromise();
  runId = started.data?.autoAnalyze.run.id ?? '';
});

afterAll(() => app[Symbol.asyncDispose]());

async function overSse(): Promise<readonly Event[]> {
  const client = createSseClient({ url: `${app.url}/graphql`, headers: { authorization: `Bearer ${token}` } });
  const events: Event[] = [];
  for await (const { data } of client.iterate<RunEventsSubscription>({ query: print(runEventsDocument), variables: { runId } }))
    if (data) events.push(data.runEvents);
  return events;
}

async function overWebSocket(): Promise<readonly Event[]> {
  const client = createSocketClient({ url: `${app.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { token } });
  const events: Event[] = [];
  for await (const { data } of client.iterate<RunEventsSubscription>({ query: print(runEventsDocument), variables: { runId } }))
    if (data) events.push(data.runEvents);
  await client.dispose();
  return events;
}

async function withUrql(): Promise<readonly Event[]> {
  const client = createUrqlClient({
    url: `${app.url}/graphql`,
    preferGetMethod: false,
    exchanges: [fetchExchange],
    fetchSubscriptions: true,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
  });
  const { promise, resolve, reject } = Promise.withResolvers<readonly Event[]>();
  const events: Event[] = [];
  const { unsubscribe } = client.subscription(runEventsDocument, { runId }).subscribe(({ data, error }) => {
    if (error) reject(error);
    if (data) events.push(data.runEvents);
    if (data?.runEvents.__typename === 'RunFinished') resolve(events);
  });
  return promise.finally(unsubscribe);
}

async function withApollo(): Promise<readonly Event[]> {
  const socket = createSocketClient({ url: `${app.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { token } });
  const link = new ApolloLink(
    (operation) =>
      new Observable((observer) =>
        socket.subscribe(
          { query: print(operation.query), variables: operation.variables },
          {
            next: (result) => observer.next({ data: result.data ?? null }),
            error: (error) => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      ),
  );
  const client = new ApolloClient({ cache: new InMemoryCache(), link });
  const { promise, resolve, reject } = Promise.withResolvers<readonly Event[]>();
  const events: Event[] = [];
  client.subscribe({ query: runEventsDocument, variables: { runId } }).subscribe({
    next: ({ data }) => void (data && events.push(data.runEvents)),
    error: reject,
    complete: () => resolve(events),
  });
  const seen = await promise;
  await socket.dispose();
  client.stop();
  return seen;
}

describe('the main job', () => {
  it('streams the same analysis to graphql-sse, graphql-ws, urql and Apollo Client', async () => {
    const [sse, webSocket, urql, apollo] = await Promise.all([overSse(), overWebSocket(), withUrql(), withApollo()]);
    expect(sse.map((event) => event.seq)).toEqual(sse.map((_, index) => index + 1));
    expect(webSocket).toEqual(sse);
    expect(urql).toEqual(sse);
    // Apollo Client asks for the type of every object.
    expect(apollo).toMatchObject(sse);
    const kinds = sse.map((event) => event.__typename);
    for (const kind of ['RunStarted', 'StatusChanged', 'QueryResultReady', 'PlotReady', 'TextDelta', 'TitleChanged'] as const) expect(kinds).toContain(kind);
    expect(sse.at(-1)).toMatchObject({ __typename: 'RunFinished', reason: 'STOP', run: { status: 'COMPLETED' } });
    expect(kinds.filter((kind) => kind === 'PlotReady').length).toBeGreaterThanOrEqual(3);
    expect(kinds.filter((kind) => kind === 'PlotReady').length).toBeLessThanOrEqual(8);
  });

  it('leaves the analysis as the message of the session, to the byte as it was streamed', async () => {
    const streamed = await overSse();
    const client = createSseClient({ url: `${app.url}/graphql`, headers: { authorization: `Bearer ${token}` } });
    const query =
      'query ($id: ID!) { run(id: $id) { message { mode parts { __typename ... on TextPart { text } ... on QueryResultPart { id } ... on PlotPart { id } } } } }';
    const { data } = (await client.iterate<any>({ query, variables: { id: runId } }).next()).value;
    const { mode, parts } = data.run.message;
    expect(mode).toBe('rules');
    const textOfParts = parts.map((part: { text?: string }) => part.text ?? '').join('');
    expect(textOfParts).toBe(streamed.map((event) => (event.__typename === 'TextDelta' ? event.text : '')).join(''));
    const ids = streamed.flatMap((event) => (event.__typename === 'QueryResultReady' || event.__typename === 'PlotReady' ? [event.part.id] : []));
    expect(parts.flatMap((part: { id?: string }) => part.id ?? [])).toEqual(ids);
  });
});
