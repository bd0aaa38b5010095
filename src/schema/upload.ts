import { decodeGlobalID } from '@pothos/plugin-relay';
import { badInput } from '../base/errors.ts';
import { isUuid } from '../base/id.ts';
import { uploadErrorOf, type UploadRow } from '../services/upload/upload-row.ts';
import { builder } from './builder.ts';
import { File } from './file.ts';
import { paginate } from './pagination.ts';
import { ErrorCodeEnum } from './scalars.ts';
import { Session } from './session.ts';

/** A transfer of files. */
export const Upload = builder.objectRef<UploadRow>('Upload');

const UploadStatus = builder.enumType('UploadStatus', {
  description: 'Where an upload stands.',
  values: {
    RECEIVING: { description: 'Its bytes are coming, or it waits to be resumed.' },
    READING: { description: 'All bytes are here; its files are being read into tables.' },
    READY: { description: 'Its files can be used.' },
    FAILED: { description: 'It ended without a file, or without a new table; `error` says why.' },
    CANCELLED: { description: 'The client gave it up; nothing of it was kept.' },
  } as const,
});

const UploadError = builder.objectRef<NonNullable<ReturnType<typeof uploadErrorOf>>>('UploadError').implement({
  description: 'Why an upload failed.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'For programs.' }),
    message: t.exposeString('message', { description: 'For people.' }),
  }),
});

const UploadEdge = builder.edgeObject({ type: Upload, name: 'UploadEdge', description: 'An upload in a page.' });

const UploadConnection = builder.connectionObject({ type: Upload, name: 'UploadConnection', description: 'A page of uploads.' }, UploadEdge);

builder.node(Upload, {
  description:
    'A transfer of files to this server, by `POST /uploads` or resumable at `/uploads/tus`, or the reading anew of one. It is remembered for a day after its last change.',
  id: { resolve: (upload) => upload.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.upload.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The names of its files, as the client gave them.' }),
    status: t.expose('status', { type: UploadStatus, description: 'Where it stands.' }),
    byteSize: t.expose('byteSize', { type: 'BigInt', nullable: true, description: 'How many bytes it has; null where the client has not said.' }),
    receivedBytes: t.expose('receivedBytes', { type: 'BigInt', description: 'How many bytes have come.' }),
    progress: t.exposeFloat('progress', { description: '0 to 1: how much of what came has been read into its tables.' }),
    isResumable: t.exposeBoolean('isResumable', { description: 'Whether it can go on after a cut, until `expiresAt`.' }),
    files: t.field({
      type: [File],
      description: 'Its files, once they can be used; of a file that is read anew, that file from the beginning.',
      resolve: async (upload, _arguments, context) => {
        const files = await Promise.all(upload.fileIds.map((id) => context.loaders.file.load(id)));
        return files.filter((file) => file !== null);
      },
    }),
    session: t.field({
      type: Session,
      nullable: true,
      description: 'Where its files go; null where they wait for `createSession` or `addFiles`.',
      resolve: (upload, _arguments, context) => (upload.sessionId === null ? null : context.loaders.session.load(upload.sessionId)),
    }),
    error: t.field({ type: UploadError, nullable: true, description: 'Why it failed; null when it did not.', resolve: (upload) => uploadErrorOf(upload) }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it began.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When something last came of it.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it is forgotten, with what was received of it. Its files stay.' }),
  }),
});

/** The id of an upload, as an `ID` of this API or as the UUID that a client chose for it. */
function uploadIdOf(id: string): string {
  if (isUuid(id)) return id.toLowerCase();
  try {
    const decoded = decodeGlobalID(id);
    if (decoded.typename === 'Upload') return decoded.id;
  } catch {
    // What is wrong is said below.
  }
  throw badInput(['uploadId'], `"${id.slice(0, 80)}" is not the id of an upload; use the "id" of an Upload, or the UUID that you gave it.`);
}

builder.queryFields((t) => ({
  uploads: t.connection(
    {
      type: Upload,
      description: 'Your uploads of the last day, the newest first.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.uploadViews.list(context.viewer, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    UploadConnection,
  ),
  upload: t.field({
    type: Upload,
    description: 'One of your uploads.',
    args: { id: t.arg.globalID({ for: Upload, required: true, description: 'The id of the upload.' }) },
    resolve: (_root, { id }, context) => context.services.uploadViews.get(context.viewer, id.id),
  }),
}));

builder.subscriptionField('uploadProgress', (t) =>
  t.field({
    type: Upload,
    description:
      'Follows an upload: as it is now, then after each change, at most four times a second, until it is READY, FAILED or CANCELLED. To watch a plain upload from its beginning, choose a UUID, send to `POST /uploads?uploadId=<UUID>`, and subscribe with the same UUID at the same time.',
    args: { uploadId: t.arg.id({ required: true, description: 'The `id` of the upload, or the UUID that the client gave it.' }) },
    subscribe: (_root, { uploadId }, context) => context.services.uploadViews.follow(context.viewer, uploadIdOf(uploadId)),
    resolve: (upload) => upload,
  }),
);
