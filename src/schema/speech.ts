import { audioFormats } from '../base/audio.ts';
import { Attachment } from './attachment.ts';
import { builder } from './builder.ts';
import { Message } from './message.ts';
import { ErrorCodeEnum } from './scalars.ts';
import { neverAborted } from './table.ts';
import type { SpeechRow } from '../services/speech/speech-row.ts';
import type { ListedVoice } from '../services/speech/voices.ts';

const AudioFormat = builder.enumType('AudioFormat', {
  description: 'The form of sound.',
  values: {
    MP3: { description: '`audio/mpeg`, which everything plays. The default.' },
    WAV: { description: '`audio/wav`, without loss and large.' },
    OPUS: { description: '`audio/ogg` with Opus, the smallest.' },
    FLAC: { description: '`audio/flac`, without loss.' },
  } as const satisfies Readonly<Record<(typeof audioFormats)[number], unknown>>,
});

const SpeechStatus = builder.enumType('SpeechStatus', {
  description: 'Where a speech is in its life.',
  values: {
    RUNNING: { description: 'It is being made, and can be listened to.' },
    READY: { description: 'It is whole and kept.' },
    FAILED: { description: 'Something went wrong; nothing is kept.' },
  } as const,
});

const SpeechError = builder.objectRef<SpeechRow>('SpeechError').implement({
  description: 'Why a speech failed.',
  fields: (t) => ({
    code: t.field({ type: ErrorCodeEnum, description: 'For programs.', resolve: ({ errorCode }) => errorCode ?? 'INTERNAL_SERVER_ERROR' }),
    message: t.string({ description: 'For people.', resolve: ({ errorMessage }) => errorMessage ?? '' }),
  }),
});

/** A text that is being spoken, or was. */
export const Speech = builder.objectRef<SpeechRow>('Speech');

builder.node(Speech, {
  description: 'A text that is being spoken, or was. It is remembered for a day; its sound lives on as an attachment.',
  id: { resolve: ({ id }) => id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.speech.load(id),
  fields: (t) => ({
    status: t.expose('status', { type: SpeechStatus, description: 'Where it is in its life.' }),
    model: t.exposeString('model', { description: 'The model that speaks, as `provider:model`.' }),
    voice: t.string({
      nullable: true,
      description: 'The voice, as the provider names it; null for its first.',
      resolve: ({ voice }) => (voice === '' ? null : voice),
    }),
    format: t.field({
      type: AudioFormat,
      description: 'The form of the sound.',
      resolve: ({ format }) => audioFormats.find((known) => known === format) ?? 'MP3',
    }),
    url: t.string({
      description:
        'A signed link to the sound: a path on this server that works without signing in, for fifteen minutes unless it is configured otherwise. While it is made, it comes as it is made; once it is whole, also in parts (`Range`).',
      resolve: (speech, _arguments, { services, viewer }) => services.speeches.linkTo(viewer, speech),
    }),
    message: t.field({
      type: Message,
      nullable: true,
      description: 'The message that is spoken: it gets the sound as an `AudioPart`, once it is whole. Null for a text of its own.',
      resolve: ({ messageId }, _arguments, context) => (messageId === null ? null : context.loaders.message.load(messageId)),
    }),
    attachment: t.field({
      type: Attachment,
      nullable: true,
      description: 'The sound, once it is whole; null before, and once it was deleted.',
      resolve: ({ attachmentId }, _arguments, context) => (attachmentId === null ? null : context.loaders.attachment.load(attachmentId)),
    }),
    error: t.field({
      type: SpeechError,
      nullable: true,
      description: 'Why it failed; null otherwise.',
      resolve: (speech) => (speech.status === 'FAILED' ? speech : null),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
  }),
});

const Voice = builder.objectRef<ListedVoice>('Voice').implement({
  description: 'A voice that can speak.',
  fields: (t) => ({
    voice: t.exposeString('id', { description: 'What to give as `voice` of `synthesizeSpeech`.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    description: t.exposeString('description', { description: 'How it sounds; may be empty.' }),
    language: t.exposeString('language', {
      nullable: true,
      description: 'Its language, as a code of ISO 639; null where it speaks every language of its model.',
    }),
    provider: t.exposeString('provider', { description: 'The provider.' }),
    providerName: t.exposeString('providerName', { description: 'The provider, as people call it.' }),
    model: t.exposeString('model', { description: 'What to give as `model` with it: `provider:model`.' }),
  }),
});

builder.queryField('voices', (t) =>
  t.field({
    type: [Voice],
    description: 'The voices that can speak for you. What providers list is asked of them once an hour; a provider that does not answer is left out.',
    args: { provider: t.arg.string({ description: 'Only those of this provider.' }) },
    resolve: async (_root, { provider }, context) => [...(await context.services.voices.list(context.viewer, provider ?? null))],
  }),
);

builder.relayMutationField(
  'transcribe',
  {
    description: 'What to write down.',
    inputFields: (t) => ({
      attachmentId: t.globalID({
        for: Attachment,
        required: true,
        description: 'The recording: an MP3, WAV, M4A, Ogg, WebM or FLAC that was sent with `POST /attachments`.',
      }),
      model: t.string({ description: 'The model, as `provider:model` or a provider; the default when absent.' }),
      language: t.string({ description: 'What is spoken, as a code of ISO 639 such as `de`; found out when absent.' }),
    }),
  },
  {
    description:
      'Has a recording written down and keeps that with it. What was written down before is answered at once, unless a model or a language is named. Recordings in messages are written down by themselves.',
    resolve: async (_root, { input }, context, info) => ({
      attachment: await context.services.transcripts.transcribe(
        context.viewer,
        { ...input, attachmentId: input.attachmentId.id },
        info.getAbortSignal() ?? neverAborted(),
      ),
    }),
  },
  {
    description: 'The recording.',
    outputFields: (t) => ({ attachment: t.expose('attachment', { type: Attachment, description: 'The recording, with its `transcript`.' }) }),
  },
);

builder.relayMutationField(
  'synthesizeSpeech',
  {
    description: 'What to speak, and how.',
    inputFields: (t) => ({
      messageId: t.globalID({ for: Message, description: 'A message whose text is spoken. Either this or `text`.' }),
      text: t.string({ description: 'A text of its own. Of Markdown the words are spoken; code, tables and addresses are passed over.' }),
      voice: t.string({ description: 'A voice of the provider; see `voices`. Its first when absent.' }),
      model: t.string({ description: 'The model, as `provider:model` or a provider; the default when absent.' }),
      format: t.field({ type: AudioFormat, description: 'The form of the sound; MP3 when absent.' }),
    }),
  },
  {
    description: 'Has a message or a text spoken, and returns at once: `url` can be listened to while it is made.',
    resolve: async (_root, { input }, context) => ({
      speech: await context.services.speeches.synthesize(context.viewer, { ...input, messageId: input.messageId?.id }),
    }),
  },
  {
    description: 'The speech.',
    outputFields: (t) => ({ speech: t.expose('speech', { type: Speech, description: 'The speech.' }) }),
  },
);
