import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createPreferences, type Preferences } from '../../src/services/preference/preferences.ts';
import type { AnswerDefaultsInput } from '../../src/services/preference/answer-defaults.ts';
import type { SendInput } from '../../src/services/run/options.ts';
import { createScriptedEngine, type EngineCall } from '../kit/scripted-engine.ts';
import { countStatements } from '../kit/statements.ts';
import { openRunTest } from './run-kit.ts';

const [first, second] = [createScriptedEngine({ id: 'first' }), createScriptedEngine({ id: 'second' })];

describe('defaults for answers', () => {
  let test: Awaited<ReturnType<typeof openRunTest>>;
  let preferences: Preferences;
  beforeAll(async () => {
    test = await openRunTest({ engines: [first, second] });
    preferences = createPreferences({ pool: test.pool, clock: systemClock, modelCalls: test.deps.modelCalls });
  });
  afterAll(() => test[Symbol.asyncDispose]());

  /** Sends and gives what the engine was asked, and how the run is stored. */
  const asked = async (
    viewer: Viewer,
    input: Partial<SendInput>,
    engine = first,
  ): Promise<{ readonly request: EngineCall['request']; readonly options: unknown }> => {
    const run = await test.runs.send(viewer, { text: 'Hello', ...input });
    const call = await engine.nextCall();
    call.finish();
    await test.eventsOf(viewer, run.id);
    return { request: call.request, options: run.options };
  };
  const conversationOf = async (viewer: Viewer, defaults: AnswerDefaultsInput): Promise<string> => {
    const { id } = await test.conversations.create(viewer, { title: 'A room' });
    return preferences.updateConversation(viewer, id, defaults);
  };

  it('stay where they are absent in a change, go with null, and are told as they are now', async () => {
    const ada = await test.person();
    expect(await preferences.ofPerson(ada, ada.userId)).toEqual({});
    expect(await preferences.update(ada, { temperature: 0.2, topK: 5, systemPrompt: 'Be brief.' })).toEqual({
      temperature: 0.2,
      topK: 5,
      systemPrompt: 'Be brief.',
    });
    expect(await preferences.update(ada, { topK: null, maxTokens: 9, sentimentMethod: 'LOCAL' })).toEqual({
      temperature: 0.2,
      systemPrompt: 'Be brief.',
      maxTokens: 9,
      sentimentMethod: 'LOCAL',
    });
    expect(await preferences.update(ada, {})).toEqual(await preferences.ofPerson(ada, ada.userId));
  });

  it('are changed by two at once without one undoing the other', async () => {
    const ada = await test.person();
    const names = ['topP', 'temperature', 'maxTokens', 'topK'] as const;
    await Promise.all(names.map((name) => preferences.update(ada, { [name]: 1 })));
    expect(await preferences.ofPerson(ada, ada.userId)).toEqual({ topP: 1, temperature: 1, maxTokens: 1, topK: 1 });
  });

  it('of a request win over those of the conversation, of the person, of the configuration', async () => {
    const ada = await test.person();
    await preferences.update(ada, { model: 'second:two', temperature: 0.1, topP: 0.1, topK: 1, maxTokens: 1, systemPrompt: 'Mine.', sentimentMethod: 'LOCAL' });
    const conversationId = await conversationOf(ada, { temperature: 0.2, topP: 0.2, systemPrompt: 'Ours.' });
    const { request, options } = await asked(ada, { conversationId, topP: 0.3 }, second);
    expect(request).toMatchObject({ model: 'two', temperature: 0.2, topP: 0.3, topK: 1, maxTokens: 1, countsWordsAlone: false, system: 'Ours.' });
    expect(options).toEqual({ temperature: 0.2, topP: 0.3, topK: 1, maxTokens: 1, systemPrompt: 'Ours.', sentimentMethod: 'LOCAL' });
    // Elsewhere the person's hold, and for everybody else the configuration's.
    expect((await asked(ada, {}, second)).request).toMatchObject({ temperature: 0.1, system: 'Mine.' });
    expect((await asked(await test.person(), {})).request).toMatchObject({
      model: 'one',
      temperature: 0.7,
      topP: null,
      maxTokens: 1_024,
      countsWordsAlone: true,
    });
  });

  it('are passed over where a request says null', async () => {
    const ada = await test.person();
    await preferences.update(ada, { model: 'second', temperature: 0.1, topK: 3, systemPrompt: 'Mine.', fallbacks: ['second'] });
    const { request, options } = await asked(ada, { model: null, temperature: null, systemPrompt: null, fallbacks: null });
    expect(request).toMatchObject({ model: 'one', temperature: 0.7, topK: 3, system: expect.stringContaining('helpful assistant') });
    expect(options).toEqual({ temperature: null, topK: 3, systemPrompt: null, fallbacks: null });
    // A provider by itself is a choice of its default model.
    expect((await asked(ada, { provider: 'first' })).request.model).toBe('one');
  });

  it('name fallbacks for answers that name none', async () => {
    const ada = await test.person();
    await preferences.update(ada, { fallbacks: ['second'] });
    const run = await test.runs.send(ada, { text: 'Hello' });
    (await first.nextCall()).fail({});
    (await second.nextCall()).finish();
    await test.eventsOf(ada, run.id);
    expect(await test.runs.get(ada, run.id)).toMatchObject({ answeredBy: 'second:one' });
  });

  it('leave the idempotency of a send alone: the same input is the same run', async () => {
    const ada = await test.person();
    const input = { text: 'Once', idempotencyKey: 'one key' };
    const run = await test.runs.send(ada, input);
    (await first.nextCall()).finish();
    await preferences.update(ada, { temperature: 1.5 });
    expect((await test.runs.send(ada, input)).id).toBe(run.id);
    await expect(test.runs.send(ada, { ...input, temperature: null }), 'null is not absent').rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  it('are a person’s own, and a conversation’s for those who are in it', async () => {
    const [ada, bert] = [await test.person(), await test.person()];
    await preferences.update(ada, { systemPrompt: 'A secret wish.' });
    expect(await preferences.ofPerson(bert, ada.userId)).toBeNull();
    const conversationId = await conversationOf(ada, { topK: 7 });
    await expect(preferences.updateConversation(bert, conversationId, { topK: 8 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(test.runs.send(bert, { text: 'Hello', conversationId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    for (const work of [preferences.update(null, {}), preferences.ofPerson(null, ada.userId), preferences.updateConversation(null, conversationId, {})])
      await expect(work).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    [{ model: 'nobody:model' }, 'No such provider: "nobody"'],
    [{ fallbacks: ['first', 'nobody'] }, 'No such provider: "nobody"'],
    [{ fallbacks: ['first', 'first', 'first', 'first'] }, 'names at most 3 models'],
    [{ temperature: 2.1 }, 'is from 0 to 2'],
    [{ topP: -1 }, 'is from 0 to 1'],
    [{ topK: 0 }, 'is at least 1'],
    [{ maxTokens: 1.5 }, 'int'],
    [{ systemPrompt: 'x'.repeat(100_001) }, 'at most 100,000 characters'],
    [{ systemPrompt: 'a\u0000b' }, 'must not contain the character U+0000'],
  ])('are refused with %j', async (input, message) => {
    await expect(preferences.update(await test.person(), input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) });
  });

  it('that name a model which has gone fail with where to change them', async () => {
    const ada = await test.person();
    await test.pool.query(`INSERT INTO preferences (user_id, defaults, updated_at) VALUES ($1, '{"model": "gone:model", "topK": "no number"}', now())`, [
      ada.userId,
    ]);
    // What cannot be read was not chosen.
    expect(await preferences.ofPerson(ada, ada.userId)).toEqual({});
    await test.pool.query(`UPDATE preferences SET defaults = '{"model": "gone:model"}' WHERE user_id = $1`, [ada.userId]);
    await expect(test.runs.send(ada, { text: 'Hello' })).rejects.toMatchObject({
      code: 'ENGINE_UNKNOWN',
      message: expect.stringContaining('change it with "updatePreferences"'),
    });
    await expect(asked(ada, { model: 'first' })).resolves.toMatchObject({ request: { model: 'one' } });
  });

  it('cost one statement for a change, and one for a send', async () => {
    const ada = await test.person();
    expect((await countStatements(test.pool, () => preferences.update(ada, { topK: 3 }))).statements).toHaveLength(1);
    const conversationId = await conversationOf(ada, {});
    expect((await countStatements(test.pool, () => preferences.updateConversation(ada, conversationId, { topK: 4 }))).statements).toHaveLength(1);
    const found = await countStatements(test.pool, () => test.deps.defaultsFor(ada.userId, conversationId));
    expect([found.result, found.statements.length]).toEqual([{ topK: 4 }, 1]);
  });
});
