import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attach, postAttachments } from '../kit/attachments.ts';
import { eventually } from '../kit/eventually.ts';
import { answered, mp3, spokenText } from '../kit/fake-media.ts';
import { mediaEventsOf, refusalOf, startMediaApp, type MediaApp } from '../kit/media-app.ts';
import { png } from '../kit/pictures.ts';
import { createScriptedEngine, type ScriptedEngine } from '../kit/scripted-engine.ts';
import type { TestPerson } from '../kit/app.ts';

const send = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id message { id } conversation { id } } } }';
const transcribe = `mutation ($input: TranscribeInput!) { transcribe(input: $input) {
  attachment { id name mediaType transcript { text language durationMs model segments { startMs endMs text } } } } }`;
const speak = 'mutation ($input: SynthesizeSpeechInput!) { synthesizeSpeech(input: $input) { speech { id url status model format } } }';
const speechById = 'query ($id: ID!) { node(id: $id) { ... on Speech { status url error { code message } attachment { id mediaType } message { id } } } }';

describe('speech', () => {
  let world: MediaApp;
  let engine: ScriptedEngine;
  let eve: TestPerson;

  beforeAll(async () => {
    engine = createScriptedEngine();
    const environment = { MAX_AUDIO_BYTES: '30000', MAX_ATTACHMENT_BYTES: '20000', SPEECH_MODEL: 'openai:tts-1', MAX_SPEECH_CHARACTERS: '200' };
    world = await startMediaApp({ overrides: { engines: [engine] }, environment });
    eve = await world.app.person();
  });
  beforeEach(() => {
    world.media.isHeld = false;
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const speechOf = async (input: Readonly<Record<string, unknown>>): Promise<any> => (await world.ada.client.request(speak, { input })).synthesizeSpeech.speech;
  const ready = (id: string): Promise<any> =>
    eventually(async () => {
      const { node } = await world.ada.client.request(speechById, { id });
      expect(node.status).not.toBe('RUNNING');
      return node;
    });

  it('is written down once, with times and cost', async () => {
    const { app, ada, media } = world;
    const [id] = await attach(app, ada, ['memo.mp3', mp3()]);
    const before = media.asked(/transcriptions$/).length;
    for (let round = 0; round < 2; round += 1) {
      const { attachment } = (await ada.client.request(transcribe, { input: { attachmentId: id } })).transcribe;
      expect(attachment).toMatchObject({ id, mediaType: 'audio/mpeg', transcript: { text: spokenText, durationMs: 3_500, model: 'openai:whisper-1' } });
      expect(attachment.transcript.segments).toHaveLength(2);
    }
    expect(media.asked(/transcriptions$/).length - before).toBe(1);
    await ada.client.request(transcribe, { input: { attachmentId: id, language: 'de' } });
    expect(media.asked(/transcriptions$/).length - before).toBe(2);
    // 6,000 millionths of a dollar a minute, for 3.5 seconds, rounded up.
    await eventually(async () => {
      const { usage } = await ada.client.request('{ usage(groupBy: PURPOSE) { rows { key costMicros calls } } }');
      expect(usage.rows).toContainEqual({ key: 'TRANSCRIPTION', costMicros: 700, calls: 2 });
    });
  });

  it('in a message is written down for engines, which are shown the words', async () => {
    const { app, ada } = world;
    const attachmentIds = await attach(app, ada, ['memo.mp3', mp3()]);
    const { run } = (await ada.client.request(send, { input: { text: 'What do I say?', attachmentIds, model: 'scripted:one' } })).sendMessage;
    const call = await engine.nextCall();
    const [question] = call.request.messages;
    expect(question).toMatchObject({ role: 'user', text: expect.stringContaining(`Recording "memo.mp3" (audio/mpeg, ${mp3().length} bytes), written down:`) });
    expect(JSON.stringify(question)).toContain(spokenText);
    call.text('That the tide is low.');
    call.finish();
    const events = await mediaEventsOf(app, ada, run.id);
    expect(events).toContainEqual(expect.objectContaining({ __typename: 'StatusChanged', status: 'Listening to memo.mp3' }));
    const question2 = await ada.client.request(
      'query ($id: ID!) { run(id: $id) { question { parts { __typename ... on AudioPart { name mediaType attachment { transcript { text } } } } } } }',
      { id: run.id },
    );
    expect(question2.run.question.parts[1]).toMatchObject({
      __typename: 'AudioPart',
      mediaType: 'audio/mpeg',
      attachment: { transcript: { text: spokenText } },
    });
  });

  it('goes along with a fork, and stays when the conversation that it was sent to is gone', async () => {
    const { app, ada } = world;
    const attachmentIds = await attach(app, ada, ['memo.mp3', mp3()]);
    const { run } = (await ada.client.request(send, { input: { text: 'Listen', attachmentIds, model: 'scripted:one' } })).sendMessage;
    (await engine.nextCall()).finish();
    await mediaEventsOf(app, ada, run.id);
    const forked = await ada.client.request(
      'mutation ($id: ID!) { forkConversation(input: { messageId: $id }) { conversation { activePath(first: 1) { edges { node { id } } } } } }',
      { id: run.message.id },
    );
    await ada.client.request('mutation ($id: ID!) { deleteConversation(input: { id: $id }) { deletedConversationId } }', { id: run.conversation.id });
    const { node } = await ada.client.request(
      'query ($id: ID!) { node(id: $id) { ... on Message { parts { ... on AudioPart { attachment { transcript { text } } } } } } }',
      {
        id: forked.forkConversation.conversation.activePath.edges[0].node.id,
      },
    );
    expect(node.parts[1]).toEqual({ attachment: { transcript: { text: spokenText } } });
  });

  it('in a message that nobody can write down does not hold up the answer', async () => {
    const { app, ada, media } = world;
    media.reply(/transcriptions$/, answered(401, { error: { message: 'no', type: 'authentication_error' } }));
    const attachmentIds = await attach(app, ada, ['memo.mp3', mp3(21)]);
    await ada.client.request(send, { input: { text: 'What do I say?', attachmentIds, model: 'scripted:one' } });
    const call = await engine.nextCall();
    expect(JSON.stringify(call.request.messages)).toContain('nobody has written down what is said in it');
    call.finish();
  });

  it.each([
    ['an MP3', 'a.txt', mp3(), 201, 'audio/mpeg'],
    ['a WAV', 'a.bin', Buffer.concat([Buffer.from('RIFF'), Buffer.from([36, 0, 0, 0]), Buffer.from('WAVEfmt '), Buffer.alloc(28)]), 201, 'audio/wav'],
    ['an Ogg', 'a.ogg', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('\u0001vorbis'), Buffer.alloc(40)]), 201, 'audio/ogg'],
    ['a FLAC', 'a.flac', Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(40)]), 201, 'audio/flac'],
    ['an M4A', 'a.m4a', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypM4A '), Buffer.alloc(40)]), 201, 'audio/mp4'],
    ['V05 a page under the name of a recording', 'a.mp3', Buffer.from('<!doctype html><script>alert(1)</script>'), 201, 'text/plain'],
    [
      'V05 a program under the name of a recording',
      'a.mp3',
      Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46]), Buffer.alloc(60, 1)]),
      415,
      'UNSUPPORTED_FILE',
    ],
    ['a recording that is too long', 'a.mp3', mp3(80), 413, 'PAYLOAD_TOO_LARGE'],
  ])('takes %s for what it is by its bytes', async (_what, name, content, status, expected) => {
    const posted = await postAttachments(world.app, world.ada.token, [[name, Uint8Array.from(content)]]);
    expect(posted.status).toBe(status);
    expect(status === 201 ? posted.body.attachments[0].mediaType : posted.body.errors[0].extensions.code).toBe(expected);
  });

  it('is heard while it is made, and in parts once it is whole, as a part of its message', async () => {
    const { app, ada, media } = world;
    const { run } = (await ada.client.request(send, { input: { text: 'Say something', model: 'scripted:one' } })).sendMessage;
    const call = await engine.nextCall();
    call.text('# The tide\n\nis **low**. See [this](https://example.org).\n\n```sql\nSELECT 1\n```');
    call.finish();
    await mediaEventsOf(app, ada, run.id);
    media.isHeld = true;
    const speech = await speechOf({ messageId: run.message.id });
    expect(speech).toMatchObject({ status: 'RUNNING', model: 'openai:tts-1', format: 'MP3' });
    const response = await fetch(`${app.url}${speech.url}`);
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(first?.value?.length).toBeGreaterThan(0);
    expect((await ada.client.request(speechById, { id: speech.id })).node.status).toBe('RUNNING');
    media.release();
    const rest: Uint8Array[] = [first?.value ?? new Uint8Array()];
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) rest.push(piece.value);
    expect(Uint8Array.from(Buffer.concat(rest))).toEqual(mp3());
    expect(media.asked(/audio\/speech$/).at(-1)?.json).toEqual({
      model: 'tts-1',
      input: 'The tide\n\nis low. See this.',
      voice: 'alloy',
      response_format: 'mp3',
    });
    const node = await ready(speech.id);
    expect(node).toMatchObject({ status: 'READY', error: null, attachment: { mediaType: 'audio/mpeg' }, message: { id: run.message.id } });
    const part = await fetch(`${app.url}${node.url}`, { headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${mp3().length}`);
    const { node: message } = await ada.client.request(
      'query ($id: ID!) { node(id: $id) { ... on Message { parts { __typename ... on AudioPart { mediaType attachment { id } } } } } }',
      { id: run.message.id },
    );
    expect(message.parts.at(-1)).toMatchObject({ __typename: 'AudioPart', mediaType: 'audio/mpeg', attachment: { id: node.attachment.id } });
  });

  it('of a text of its own costs by the character', async () => {
    const bob = await world.app.person();
    const { speech } = (await bob.client.request(speak, { input: { text: 'Ten chars!', model: 'openai:tts-1-hd', voice: 'nova' } })).synthesizeSpeech;
    await fetch(`${world.app.url}${speech.url}`).then((response) => response.arrayBuffer());
    const { usage } = await eventually(async () => {
      const found = await bob.client.request('{ usage(groupBy: PURPOSE) { rows { key costMicros calls } } }');
      expect(found.usage.rows).toHaveLength(1);
      return found;
    });
    expect(usage.rows).toEqual([{ key: 'SPEECH', costMicros: 300, calls: 1 }]);
    expect(world.media.asked(/audio\/speech$/).at(-1)?.json.voice).toBe('nova');
  });

  it('of Cartesia, with its voices', async () => {
    const { voices } = await world.ada.client.request('{ voices { voice name provider model language } }');
    expect(voices).toContainEqual(expect.objectContaining({ voice: 'alloy', provider: 'openai' }));
    const [voice] = voices.filter(({ provider }: { provider: string }) => provider === 'cartesia');
    expect(voice).toMatchObject({ name: 'Barbershop Man', model: 'cartesia:sonic-2', language: 'en' });
    const speech = await speechOf({ text: 'Hello', model: voice.model, voice: voice.voice, format: 'WAV' });
    expect((await ready(speech.id)).status).toBe('READY');
    expect(world.media.asked(/tts\/bytes$/).at(-1)?.json).toMatchObject({ voice: { id: voice.voice }, output_format: { container: 'wav' } });
  });

  it('that fails says why, over its link as well', async () => {
    const { app, media } = world;
    media.reply(/audio\/speech$/, answered(401, { error: { message: 'no', type: 'authentication_error' } }));
    const speech = await speechOf({ text: 'Hello' });
    const node = await ready(speech.id);
    expect(node).toMatchObject({ status: 'FAILED', attachment: null, error: { code: 'ENGINE_BAD_KEY', message: expect.stringContaining('OpenAI') } });
    const response = await fetch(`${app.url}${speech.url}`);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).toContain('ENGINE_BAD_KEY');
  });

  it('V01 of what is a stranger’s is not to be had', async () => {
    const { app, ada, media } = world;
    const [id] = await attach(app, ada, ['memo.mp3', mp3()]);
    const { run } = (await ada.client.request(send, { input: { text: 'Secret', model: 'scripted:one' } })).sendMessage;
    const call = await engine.nextCall();
    call.text('A secret.');
    call.finish();
    await mediaEventsOf(app, ada, run.id);
    const asked = media.requests.length;
    expect((await refusalOf(eve, transcribe, { attachmentId: id })).extensions.code).toBe('NOT_FOUND');
    expect((await refusalOf(eve, speak, { messageId: run.message.id })).extensions.code).toBe('NOT_FOUND');
    expect(media.requests).toHaveLength(asked);
    const speech = await speechOf({ text: 'Hello' });
    await ready(speech.id);
    expect((await eve.client.request(speechById, { id: speech.id })).node).toBeNull();
    const [payload, signature] = speech.url.slice('/speech/'.length).split('.');
    for (const token of [`${payload}.${signature.slice(0, -2)}AA`, 'x.y', payload]) {
      expect((await fetch(`${app.url}/speech/${token}`)).status).toBe(403);
    }
    // A link to something else is none to a speech, and the other way round.
    const { attachments } = await ada.client.request('{ attachments(first: 1) { edges { node { downloadUrl } } } }');
    const other = attachments.edges[0].node.downloadUrl.slice('/downloads/'.length);
    expect((await fetch(`${app.url}/speech/${other}`)).status).toBe(404);
    expect((await fetch(`${app.url}/downloads/${speech.url.slice('/speech/'.length)}`)).status).toBe(404);
  });

  it.each([
    [{}, 'either "messageId" or "text"'],
    [{ text: '```\ncode\n```' }, 'nothing in it that can be spoken'],
    [{ text: 'x'.repeat(201) }, 'at most 200'],
    [{ text: 'Hello', model: 'cartesia', format: 'FLAC' }, 'MP3, WAV'],
    [{ text: 'Hello', voice: '../x' }, 'as "voices" names it'],
  ])('is refused with %j', async (input, message) => {
    const error = await refusalOf(world.ada, speak, input);
    expect(error.extensions.code).toBe('BAD_USER_INPUT');
    expect(JSON.stringify(error).replaceAll('\\', '')).toContain(message);
  });

  it('is not written down from a picture', async () => {
    const [id] = await attach(world.app, world.ada, ['grey.png', png(2, 2)]);
    const error = await refusalOf(world.ada, transcribe, { attachmentId: id });
    expect(error).toMatchObject({ message: expect.stringContaining('no recording'), extensions: { code: 'BAD_USER_INPUT' } });
  });
});
