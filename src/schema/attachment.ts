import { z } from 'zod';
import type { Part as PartRow } from '../../prisma/generated/client.ts';
import type { AttachmentRow } from '../services/attachment/attachments.ts';
import { storedTranscript, type StoredTranscript } from '../services/speech/transcript.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';
import { field, loadPart } from './part-data.ts';

/** A picture or another file that a person adds to messages. */
export const Attachment = builder.objectRef<AttachmentRow>('Attachment');

const AttachmentEdge = builder.edgeObject({ type: Attachment, name: 'AttachmentEdge', description: 'An attachment in a page.' });

const AttachmentConnection = builder.connectionObject(
  { type: Attachment, name: 'AttachmentConnection', description: 'A page of attachments.' },
  AttachmentEdge,
);

const TranscriptSegment = builder.objectRef<StoredTranscript['segments'][number]>('TranscriptSegment').implement({
  description: 'A piece of a transcript.',
  fields: (t) => ({
    startMs: t.exposeInt('startMs', { description: 'Where it begins in the recording, in milliseconds.' }),
    endMs: t.exposeInt('endMs', { description: 'Where it ends.' }),
    text: t.exposeString('text', { description: 'What is said in it.' }),
  }),
});

const Transcript = builder.objectRef<StoredTranscript>('Transcript').implement({
  description: 'What is said in a recording.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'All of it.' }),
    language: t.exposeString('language', { nullable: true, description: 'The language, as the model names it; null where it does not say.' }),
    durationMs: t.exposeInt('durationMs', { nullable: true, description: 'How long the recording is, in milliseconds; null where the model does not say.' }),
    model: t.exposeString('model', { description: 'The model that wrote it down, as `provider:model`.' }),
    segments: t.field({
      type: [TranscriptSegment],
      description: 'Its pieces with their times; empty where the model gives none.',
      resolve: ({ segments }) => segments,
    }),
  }),
});

const described = {
  name: 'The name it was sent under: a label, which decides nothing.',
  mediaType:
    'What it is by its bytes: `image/png`, `image/jpeg`, `image/gif` or `image/webp`, a kind of sound such as `audio/mpeg`, or a kind of text; HTML and SVG are `text/plain`.',
  byteSize: 'How many bytes it has.',
  width: 'In pixels; null for what is no picture.',
  height: 'In pixels; null for what is no picture.',
  downloadUrl:
    'A signed link to it as it came: a path on this server that works without signing in, for fifteen minutes unless it is configured otherwise; NOT_FOUND once it was deleted.',
} as const;

builder.node(Attachment, {
  description:
    'A picture, a recording or a text file for messages. Send it with `POST /attachments` (multipart, `file`), then name its id in `attachmentIds` of `sendMessage` within a day.',
  id: { resolve: (attachment) => attachment.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.attachment.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: described.name }),
    mediaType: t.exposeString('mediaType', { description: described.mediaType }),
    byteSize: t.exposeInt('byteSize', { description: described.byteSize }),
    width: t.exposeInt('width', { nullable: true, description: described.width }),
    height: t.exposeInt('height', { nullable: true, description: described.height }),
    transcript: t.field({
      type: Transcript,
      nullable: true,
      description: 'What is said in a recording, once `transcribe` or an answer has had it written down; null before, and for all else.',
      resolve: ({ transcript }) => (transcript === null ? null : storedTranscript.parse(transcript)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was received.' }),
    downloadUrl: t.string({
      description: described.downloadUrl,
      resolve: ({ id }, _arguments, { services, viewer }) => services.downloads.linkTo(viewer, 'attachment', id).url,
    }),
  }),
});

const textOf = (part: PartRow, name: string): string => z.string().parse(field(part, name));
const sizeOf = (part: PartRow, name: string): number | null => z.number().nullish().parse(field(part, name)) ?? null;

/** A file that was sent or made, over a part of kind IMAGE, FILE or AUDIO. */
function partOf(type: 'ImagePart' | 'FilePart' | 'AudioPart', kind: 'IMAGE' | 'FILE' | 'AUDIO', description: string) {
  const ref = builder.objectRef<PartRow>(type);
  builder.node(ref, {
    description,
    id: { resolve: (part) => part.id, description: 'The global id.' },
    loadOne: (id, context) => loadPart(id, kind, context),
    fields: (t) => ({
      name: t.string({ description: described.name, resolve: (part) => textOf(part, 'name') }),
      mediaType: t.string({ description: described.mediaType, resolve: (part) => textOf(part, 'mediaType') }),
      byteSize: t.int({ description: described.byteSize, resolve: (part) => sizeOf(part, 'byteSize') ?? 0 }),
      ...(kind !== 'IMAGE'
        ? {}
        : {
            width: t.int({ nullable: true, description: 'In pixels.', resolve: (part) => sizeOf(part, 'width') }),
            height: t.int({ nullable: true, description: 'In pixels.', resolve: (part) => sizeOf(part, 'height') }),
          }),
      downloadUrl: t.string({
        description: described.downloadUrl,
        resolve: (part, _arguments, { services, viewer }) => services.downloads.linkTo(viewer, 'attachment', textOf(part, 'attachmentId')).url,
      }),
      attachment: t.field({
        type: Attachment,
        nullable: true,
        description: 'The attachment; null once it was deleted.',
        resolve: (part, _arguments, context) => context.loaders.attachment.load(textOf(part, 'attachmentId')),
      }),
    }),
  });
  return ref;
}

/** A picture in a message. */
export const ImagePart = partOf('ImagePart', 'IMAGE', 'A picture that a person sent, or that was drawn. Models that read pictures are shown it.');

/** A text file in a message. */
export const FilePart = partOf('FilePart', 'FILE', 'A text file that a person sent. Models are shown what it says.');

/** Sound in a message. */
export const AudioPart = partOf(
  'AudioPart',
  'AUDIO',
  'Sound: a recording that a person sent, or the message spoken by `synthesizeSpeech`. Models are shown what is said in a recording, once it is written down.',
);

builder.queryField('attachments', (t) =>
  t.connection(
    {
      type: Attachment,
      description: 'Your attachments, the newest first.',
      args: { isUnused: t.arg.boolean({ description: 'Only those that no message has: they are deleted after a day.' }) },
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.attachments.list(context.viewer, args.isUnused ?? false, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    AttachmentConnection,
  ),
);

builder.relayMutationField(
  'deleteAttachment',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: Attachment, required: true, description: 'The attachment.' }) }),
  },
  {
    description: 'Deletes an attachment of yours, also from messages: they keep its name, and models are shown it no more.',
    resolve: async (_root, { input }, context) => ({ deletedAttachmentId: await context.services.attachments.delete(context.viewer, input.id.id) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedAttachmentId: t.globalID({
        description: 'The id of the attachment.',
        resolve: ({ deletedAttachmentId }) => ({ type: Attachment, id: deletedAttachmentId }),
      }),
    }),
  },
);
