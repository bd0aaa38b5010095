import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { eventually } from '../kit/eventually.ts';
import type { FakeMedia } from '../kit/fake-media.ts';
import { generateImage, mediaEnvironment, mediaEventsOf, startMediaApp, type MediaApp } from '../kit/media-app.ts';
import { createOtlpCollector, type OtlpCollector } from '../kit/otlp-collector.ts';
import { rowId } from '../kit/ids.ts';

const jobServers = ({ url }: Pick<FakeMedia, 'url'>): Readonly<Record<string, string>> => ({
  JOB_SERVERS: JSON.stringify([{ kind: 'runpod', id: 'pod', baseUrl: `${url}/runpod/abc`, apiKey: 'keyOfTheTests0123456789', models: ['llama'] }]),
});
const model = 'replicate:black-forest-labs/flux-schnell';

describe('a run whose provider works for it in a job', () => {
  let world: MediaApp;
  let collector: OtlpCollector;
  beforeAll(async () => {
    collector = await createOtlpCollector();
    world = await startMediaApp({ environment: { RUN_LEASE_MS: '500', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, environmentOf: jobServers });
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await collector.close();
  });

  /** Another server on the same database. */
  const another = ({ app, media }: MediaApp): Promise<TestApp> =>
    startTestApp({
      environment: { ...mediaEnvironment(media), ...jobServers(media), DATABASE_URL: app.connectionString, DATA_FOLDER: app.dataFolder, RUN_LEASE_MS: '500' },
    });
  const submits = (prompt: string): number => world.media.asked(/replicate\/models/).filter(({ json }) => json.input.prompt === prompt).length;
  const begin = async (prompt: string): Promise<string> => {
    world.media.looksUntilDone = Infinity;
    const before = world.media.jobs.length;
    const run = await generateImage(world.ada, { prompt, model });
    await eventually(() => expect(world.media.jobs[before]?.looks).toBeGreaterThan(0));
    return run.id;
  };

  /** Waits for what is written late by whoever lost the run, and looks then. */
  const countedOnce = async (name: string): Promise<void> => {
    const client = new pg.Client({ connectionString: world.app.connectionString });
    await client.connect();
    try {
      const text = `SELECT is_open FROM usage_entries WHERE provider || ':' || model = $1 AND purpose IN ('ANSWER', 'IMAGE')`;
      await eventually(async () => expect((await client.query(text, [name])).rows).toEqual([{ is_open: false }]));
    } finally {
      await client.end();
    }
  };

  it('goes on when another server took it, and is not paid twice', async () => {
    await using other = await another(world);
    const id = await begin('Taken');
    // As if its process had died: nobody renews the lease, and what it writes is not taken any more.
    const runId = rowId(id);
    await runSql(
      world.app.connectionString,
      `UPDATE runs SET lease_owner = gen_random_uuid(), lease_expires_at = now() - interval '1 minute' WHERE id = '${runId}'`,
    );
    world.media.looksUntilDone = 1;
    const events = await mediaEventsOf(other, world.ada, id);
    expect(events.at(-1)).toMatchObject({ __typename: 'RunFinished', reason: 'STOP' });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
    expect(events.filter(({ __typename }) => __typename === 'ImageReady')).toHaveLength(1);
    expect(submits('Taken')).toBe(1);
    await countedOnce(model);
  });

  it('is stopped by whoever has it, which cancels the job', async () => {
    const before = world.media.jobs.length;
    const id = await begin('Stopped');
    await world.ada.client.request('mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { status } } }', { id });
    await eventually(() => expect(world.media.jobs[before]?.state).toBe('cancelled'));
  });

  it('of words goes on as well, and is stopped at its provider', async () => {
    await using other = await another(world);
    const { ada, app, media } = world;
    media.output = [{ choices: [{ message: { content: 'Forty-two.' }, finish_reason: 'stop' }], usage: { prompt_tokens: 11, completion_tokens: 3 } }];
    const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id message { id } } } }';
    const ask = async (text: string): Promise<any> => {
      media.looksUntilDone = Infinity;
      const before = media.jobs.length;
      const { run } = (await ada.client.request(send, { input: { text, model: 'pod:llama' } })).sendMessage;
      await eventually(() => expect(media.jobs[before]?.looks).toBeGreaterThan(0));
      return run;
    };
    const run = await ask('The question?');
    const runId = rowId(run.id);
    await runSql(app.connectionString, `UPDATE runs SET lease_owner = gen_random_uuid(), lease_expires_at = now() - interval '1 minute' WHERE id = '${runId}'`);
    await eventually(() => expect(media.asked(/runpod\/abc\/status/).length).toBeGreaterThan(3));
    media.looksUntilDone = 1;
    const events = await mediaEventsOf(other, ada, run.id);
    expect(events.at(-1)).toMatchObject({ __typename: 'RunFinished', reason: 'STOP' });
    expect(events.filter(({ __typename }) => __typename === 'TextDelta').map(({ text }) => text)).toEqual(['Forty-two.']);
    expect(media.asked(/runpod\/abc\/run$/)).toHaveLength(1);
    await countedOnce('pod:llama');
    const stopped = await ask('Another?');
    const job = media.jobs.at(-1);
    await ada.client.request('mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { status } } }', { id: stopped.id });
    await eventually(() => expect(job?.state).toBe('cancelled'));
  });

  it('survives the end of its server: the next one goes on, with one job for one picture', async () => {
    const id = await begin('Restarted');
    const job = world.media.jobs.at(-1);
    await world.app.stop();
    expect(job?.state).toBe('open');
    const runId = rowId(id);
    const [span] = collector.spans.pending().filter(({ attributes }) => attributes['colloquy.run.id'] === runId);
    expect(span).toMatchObject({ attributes: { 'colloquy.run.finish_reason': 'HANDED_OVER' }, status: { code: 0 } });
    await using next = await another(world);
    world.media.looksUntilDone = 1;
    const events = await mediaEventsOf(next, world.ada, id);
    expect(events.at(-1)).toMatchObject({ __typename: 'RunFinished', reason: 'STOP' });
    expect(submits('Restarted')).toBe(1);
  });
});
