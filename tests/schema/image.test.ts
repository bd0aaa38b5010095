import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attach } from '../kit/attachments.ts';
import { eventually } from '../kit/eventually.ts';
import { answered } from '../kit/fake-media.ts';
import { generateImage, generateImageDocument, mediaEventsOf, refusalOf, startMediaApp, type MediaApp } from '../kit/media-app.ts';
import { png } from '../kit/pictures.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import type { TestPerson } from '../kit/app.ts';

const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id conversation { id } } } }';
const replicate = 'replicate:black-forest-labs/flux-schnell';

describe('pictures', () => {
  let world: MediaApp;
  let engine: ScriptedEngine;
  let plain: ScriptedEngine;
  let eve: TestPerson;
  const typesOf = (events: readonly any[]): readonly string[] => events.map(({ __typename }) => __typename);

  beforeAll(async () => {
    engine = createScriptedEngine({ hasVision: true });
    plain = createScriptedEngine({ id: 'plain', hasTools: false });
    world = await startMediaApp({
      overrides: { engines: [engine, plain] },
      environment: { QUOTA_USER_COST_MICROS_PER_DAY: '2000000', MAX_ATTACHMENT_PIXELS: '1000000' },
    });
    eve = await world.app.person();
  });
  beforeEach(() => {
    world.media.looksUntilDone = 2;
    world.media.picture = png(8, 6);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('are drawn in a run, with previews, cost and a picture that is kept', async () => {
    const { app, ada, media } = world;
    const run = await generateImage(ada, { prompt: 'A lighthouse at dusk', size: 'LANDSCAPE' });
    expect(run).toMatchObject({ kind: 'IMAGE', model: 'openai:gpt-image-1' });
    const events = await mediaEventsOf(app, ada, run.id);
    expect(typesOf(events)).toEqual([
      'RunStarted',
      'TitleChanged',
      'StatusChanged',
      'ImagePreviewed',
      'StatusChanged',
      'ImageReady',
      'UsageReported',
      'RunFinished',
    ]);
    expect(events[6]).toMatchObject({ costMicros: 63_000, outputTokens: 1056 });
    const { part } = events[5];
    expect(part).toMatchObject({ name: 'A lighthouse at dusk.png', mediaType: 'image/png', width: 8, height: 6 });
    for (const url of [part.downloadUrl, events[3].preview.downloadUrl]) {
      const response = await fetch(`${app.url}${url}`);
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(media.picture);
    }
    const { node } = await ada.client.request(
      'query ($id: ID!) { node(id: $id) { ... on Message { model mode parts { __typename ... on ImagePart { id attachment { id } } } } } }',
      {
        id: run.message.id,
      },
    );
    expect(node).toMatchObject({
      model: 'openai:gpt-image-1',
      mode: 'model',
      parts: [{ __typename: 'ImagePart', id: part.id, attachment: { id: expect.any(String) } }],
    });
    const { usage } = await ada.client.request('{ usage(groupBy: PURPOSE) { rows { key costMicros calls unknownPriceCalls } } }');
    expect(usage.rows).toEqual([{ key: 'IMAGE', costMicros: 63_000, calls: 1, unknownPriceCalls: 0 }]);
  });

  it('are listed with what their models can and cost', async () => {
    const { imageModels } = await world.ada.client.request(
      '{ imageModels { name isDefault isOwnKey sizes maxCount hasReferences prices { size quality costMicros } } }',
    );
    expect(imageModels[0]).toMatchObject({ name: 'openai:gpt-image-1', isDefault: true, isOwnKey: false, hasReferences: true });
    expect(imageModels[0].prices).toContainEqual({ size: 'SQUARE', quality: 'HIGH', costMicros: 167_000 });
    expect(imageModels.map(({ name }: { name: string }) => name)).toContain(replicate);
  });

  it('are asked for once under one idempotency key', async () => {
    const { app, ada, media } = world;
    const input = { prompt: 'Once', model: replicate, idempotencyKey: 'draw-once' };
    const runs = await Promise.all([1, 2, 3, 4].map(() => generateImage(ada, input)));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    await mediaEventsOf(app, ada, runs[0].id);
    expect(media.asked(/replicate\/models/).filter(({ json }) => json.input.prompt === 'Once')).toHaveLength(1);
    const error = await refusalOf(ada, generateImageDocument, { ...input, prompt: 'Twice' });
    expect(error.extensions.code).toBe('IDEMPOTENCY_CONFLICT');
  });

  it('stop within a second, also at their provider', async () => {
    const { app, ada, media } = world;
    media.looksUntilDone = Infinity;
    const before = media.jobs.length;
    const run = await generateImage(ada, { prompt: 'Never', model: replicate });
    await eventually(() => expect(media.jobs[before]?.looks).toBeGreaterThan(0));
    await ada.client.request('mutation ($id: ID!) { stopRun(input: { runId: $id }) { run { status } } }', { id: run.id });
    expect((await mediaEventsOf(app, ada, run.id)).at(-1)).toMatchObject({ __typename: 'RunFinished', reason: 'STOPPED' });
    await eventually(() => expect(media.jobs[before]?.state).toBe('cancelled'));
  });

  it('are drawn anew by regenerate, as they were asked for', async () => {
    const { app, ada, media } = world;
    const run = await generateImage(ada, { prompt: 'Again', model: 'fal', size: 'PORTRAIT' });
    await mediaEventsOf(app, ada, run.id);
    const { regenerate } = await ada.client.request('mutation ($id: ID!) { regenerate(input: { messageId: $id }) { run { id kind model } } }', {
      id: run.message.id,
    });
    expect(regenerate.run).toMatchObject({ kind: 'IMAGE', model: 'fal:fal-ai/flux/schnell' });
    expect(typesOf(await mediaEventsOf(app, ada, regenerate.run.id))).toContain('ImageReady');
    const bodies = media.asked(/fal-ai\/flux\/schnell$/).filter(({ json }) => json.prompt === 'Again');
    expect(bodies.map(({ json }) => json.image_size)).toEqual(['portrait_4_3', 'portrait_4_3']);
  });

  it('go by pictures that the person attaches', async () => {
    const { app, ada, media } = world;
    const attachmentIds = await attach(app, ada, ['sketch.png', png(5, 5)]);
    const run = await generateImage(ada, { prompt: 'Like this', attachmentIds });
    expect((await mediaEventsOf(app, ada, run.id)).at(-1)).toMatchObject({ __typename: 'RunFinished' });
    expect(
      media
        .asked(/images\/edits$/)
        .at(-1)
        ?.bytes.includes(Buffer.from(png(5, 5))),
    ).toBe(true);
    const [text] = await attach(app, ada, ['notes.md', '# Notes']);
    const error = await refusalOf(ada, generateImageDocument, { prompt: 'Like this', attachmentIds: [text] });
    expect(error).toMatchObject({ message: expect.stringContaining('no picture'), extensions: { code: 'BAD_USER_INPUT' } });
  });

  it('are shown to models that read pictures, with the next question', async () => {
    const { app, ada, media } = world;
    const run = await generateImage(ada, { prompt: 'A red boat' });
    await mediaEventsOf(app, ada, run.id);
    await ada.client.request(send, { input: { conversationId: run.conversation.id, text: 'What colour?', model: 'scripted:one' } });
    const call = await engine.nextCall();
    const shown = call.request.messages.map((message) =>
      message.role === 'user' ? (message.images ?? []).map(({ bytes }) => Uint8Array.from(bytes)) : message.role,
    );
    expect(shown).toEqual([[], 'assistant', [media.picture], []]);
    expect(call.request.tools.map(({ name }) => name)).toEqual(['generate_image']);
    call.text('Red.');
    call.finish();
  });

  it('are drawn by a model that calls for it', async () => {
    const { app, ada } = world;
    const { run } = (await ada.client.request(send, { input: { text: 'Draw me a cat', model: 'scripted:one' } })).sendMessage;
    const first = await engine.nextCall();
    first.toolCall('call-1', 'generate_image', { prompt: 'A cat on a roof', quality: 'LOW' });
    first.finish('TOOL_CALLS');
    const second = await engine.nextCall();
    expect(second.request.messages.at(-1)).toMatchObject({ role: 'tool', isError: false, content: expect.stringContaining('A cat on a roof.png') });
    second.text('Here it is.');
    second.finish();
    const events = mediaEventsOf(app, ada, run.id);
    expect(typesOf(await events)).toEqual(expect.arrayContaining(['ToolCallStarted', 'StatusChanged', 'ImageReady', 'RunFinished']));
  });

  it('are not offered as a tool to a model that knows no tools', async () => {
    const { ada } = world;
    await ada.client.request(send, { input: { text: 'Draw me a cat', model: 'plain:one' } });
    const call = await plain.nextCall();
    expect(call.request.tools).toEqual([]);
    call.finish();
  });

  it('V01 of a stranger’s conversation, or by a stranger’s picture, are not to be had', async () => {
    const { app, ada, media } = world;
    const run = await generateImage(ada, { prompt: 'Mine', model: replicate });
    await mediaEventsOf(app, ada, run.id);
    const [sketch] = await attach(app, ada, ['mine.png', png(2, 2)]);
    const asked = media.requests.length;
    for (const input of [{ conversationId: run.conversation.id }, { attachmentIds: [sketch] }]) {
      const error = await refusalOf(eve, generateImageDocument, { prompt: 'Theirs', ...input });
      expect(error.extensions.code).toBe('NOT_FOUND');
    }
    expect(media.requests).toHaveLength(asked);
  });

  it('V04 that are huge, or none at all, fail their run and leave nothing', async () => {
    const { app, ada, media } = world;
    const before = (await ada.client.request('{ attachments(first: 50) { edges { node { id } } } }')).attachments.edges.length;
    for (const picture of [png(60_000, 60_000, { pixels: false }), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')]) {
      media.picture = picture;
      const run = await generateImage(ada, { prompt: 'Huge', model: replicate });
      const last = (await mediaEventsOf(app, ada, run.id)).at(-1);
      expect(last).toMatchObject({ __typename: 'RunFailed', code: 'ENGINE_PROTOCOL', message: expect.stringContaining('Replicate') });
    }
    expect((await ada.client.request('{ attachments(first: 50) { edges { node { id } } } }')).attachments.edges).toHaveLength(before);
  });

  it('that fail at their provider cost nothing, and say why', async () => {
    const { app, media } = world;
    const bob = await app.person();
    media.reply(
      /images\/generations$/,
      answered(400, { error: { message: 'Your request was rejected by the safety system.', type: 'invalid_request_error', code: 'moderation_blocked' } }),
    );
    const run = await generateImage(bob, { prompt: 'Refused' });
    const events = await mediaEventsOf(app, bob, run.id);
    expect(events.at(-1)).toMatchObject({ __typename: 'RunFailed', code: 'ENGINE_REFUSED', retryable: false });
    expect(events.at(-2)).toMatchObject({ __typename: 'UsageReported', costMicros: 0 });
  });

  it('Q01 that cost more than a quota leaves are refused before they are asked for', async () => {
    const { app, media } = world;
    const bob = await app.person();
    const asked = media.requests.length;
    for (let index = 0; index < 2; index += 1) {
      const run = await generateImage(bob, { prompt: 'Dear', quality: 'HIGH', size: 'LANDSCAPE', count: 4, idempotencyKey: `dear-${index}` });
      await mediaEventsOf(app, bob, run.id);
    }
    expect(media.requests.length - asked).toBe(8);
    const error = await refusalOf(bob, generateImageDocument, { prompt: 'Dear', quality: 'HIGH' });
    expect(error.extensions.code).toBe('QUOTA_EXCEEDED');
    expect(media.requests.length - asked).toBe(8);
  });

  it('are drawn by a key of one’s own, which no quota counts', async () => {
    const { app, media } = world;
    const bob = await app.person();
    const save = 'mutation ($input: SaveProviderKeyInput!) { saveProviderKey(input: $input) { providerKey { id } } }';
    await bob.client.request(save, { input: { kind: 'OPENAI', apiKey: 'ownKeyOfTheTests0123456789', baseUrl: `${media.url}/v1` } });
    const { imageModels } = await bob.client.request('{ imageModels { name isOwnKey } }');
    expect(imageModels).toContainEqual({ name: 'openai:gpt-image-1', isOwnKey: true });
    expect(imageModels).toContainEqual({ name: replicate, isOwnKey: false });
    // Dearer than the quota of a day.
    for (let index = 0; index < 3; index += 1) {
      const run = await generateImage(bob, { prompt: `Mine ${index}`, quality: 'HIGH', size: 'LANDSCAPE', count: 4 });
      expect((await mediaEventsOf(app, bob, run.id)).at(-1)).toMatchObject({ __typename: 'RunFinished', reason: 'STOP' });
    }
    expect(media.asked(/images\/generations$/).at(-1)?.headers.authorization).toBe('Bearer ownKeyOfTheTests0123456789');
    const { usage } = await bob.client.request('{ usage(groupBy: PURPOSE) { total { costMicros ownKeyCostMicros } } }');
    expect(usage.total).toEqual({ costMicros: 3_000_000, ownKeyCostMicros: 3_000_000 });
  });

  it.each([
    [{ count: 11 }, 'at most 10'],
    [{ count: 2, model: 'replicate:black-forest-labs/flux-1.1-pro' }, 'at most 1 pictures'],
    [{ size: 'PORTRAIT', model: 'openai:dall-e-2' }, 'SQUARE'],
    [{ prompt: '   ' }, 'must not be empty'],
  ])('are refused with %j', async (input, message) => {
    const error = await refusalOf(world.ada, generateImageDocument, { prompt: 'A cat', ...input });
    expect(error.extensions.code).toBe('BAD_USER_INPUT');
    expect(JSON.stringify(error)).toContain(message);
  });

  it.each(['nobody', 'replicate:../../predictions', 'replicate:'])('V06 are not asked of %s', async (model) => {
    const error = await refusalOf(world.ada, generateImageDocument, { prompt: 'A cat', model });
    expect(error.extensions.code).toBe('ENGINE_UNKNOWN');
  });
});
