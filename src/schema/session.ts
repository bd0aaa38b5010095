import type { SessionRow } from '../services/session/sessions.ts';
import { builder } from './builder.ts';
import { File } from './file.ts';
import { paginate } from './pagination.ts';
import { Table, type TableRow } from './table.ts';

/** A data workspace. */
export const Session = builder.objectRef<SessionRow>('Session');

const SessionEdge = builder.edgeObject({ type: Session, name: 'SessionEdge', description: 'A session in a page.' });

const SessionConnection = builder.connectionObject({ type: Session, name: 'SessionConnection', description: 'A page of sessions.' }, SessionEdge);

builder.node(Session, {
  description: 'A data workspace: files, their tables, and the conversation about them.',
  id: { resolve: (session) => session.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.session.load(id),
  fields: (t) => ({
    title: t.exposeString('title', { nullable: true, description: 'What people call it; made after the first exchange unless a person gives one.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When something last happened in it.' }),
    snapshotAt: t.expose('snapshotAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the tables of your own data in it were last made; null for a session that was not made with `createPersonalSession`.',
    }),
    files: t.field({
      type: [File],
      description: 'Its files, in the order of their upload; at most fifty.',
      resolve: async (session, _arguments, context) => (await context.loaders.filesOfSession.load(session.id)) ?? [],
    }),
    tables: t.field({
      type: [Table],
      description: 'The tables that SQL can read: those of the files, in the order of their upload, then the derived ones that are current, by name.',
      resolve: async ({ id }, _arguments, { loaders }): Promise<readonly TableRow[]> => {
        const [files, derived] = await Promise.all([loaders.filesOfSession.load(id), loaders.derivedOfSession.load(id)]);
        return [...(files ?? []), ...(derived ?? []).filter(({ isCurrent }) => isCurrent)];
      },
    }),
  }),
});

builder.interfaceField(Table, 'session', (t) =>
  t.field({
    type: Session,
    nullable: true,
    description: 'The session that it belongs to; null until `createSession` takes it up.',
    resolve: (table, _arguments, context) => (table.sessionId === null ? null : context.loaders.session.load(table.sessionId)),
  }),
);

builder.queryFields((t) => ({
  sessions: t.connection(
    {
      type: Session,
      description: 'Your data sessions, the most recently used first.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.sessions.list(context.viewer, page),
          (row) => ({ at: row.updatedAt, id: row.id }),
        ),
    },
    SessionConnection,
  ),
  session: t.field({
    type: Session,
    description: 'One of your data sessions.',
    args: { id: t.arg.globalID({ for: Session, required: true, description: 'The id of the session.' }) },
    resolve: (_root, { id }, context) => context.services.sessions.get(context.viewer, id.id),
  }),
}));

builder.relayMutationField(
  'createSession',
  {
    description: 'What the new session holds.',
    inputFields: (t) => ({
      title: t.string({ description: 'A title; made after the first exchange when absent.' }),
      fileIds: t.globalIDList({
        for: File,
        required: true,
        description: 'The ids that `POST /uploads` answered. May be empty: `POST /uploads?sessionId=` adds files later.',
      }),
    }),
  },
  {
    description: 'Makes a data session of uploaded files, with the conversation about them. Tables whose names collide get numbers.',
    resolve: async (_root, { input }, context) => ({
      session: await context.services.sessions.create(context.viewer, { title: input.title, fileIds: input.fileIds.map((file) => file.id) }),
    }),
  },
  {
    description: 'The new session.',
    outputFields: (t) => ({ session: t.expose('session', { type: Session, description: 'The new session.' }) }),
  },
);

builder.relayMutationField(
  'updateSession',
  {
    description: 'What to change; what is absent stays as it is.',
    inputFields: (t) => ({
      id: t.globalID({ for: Session, required: true, description: 'The session.' }),
      title: t.string({ description: 'The new title; null removes it.' }),
    }),
  },
  {
    description: 'Renames a data session.',
    resolve: async (_root, { input }, context) => ({
      session: await context.services.sessions.update(context.viewer, { id: input.id.id, title: input.title }),
    }),
  },
  {
    description: 'The changed session.',
    outputFields: (t) => ({ session: t.expose('session', { type: Session, description: 'The changed session.' }) }),
  },
);

builder.relayMutationField(
  'deleteSession',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: Session, required: true, description: 'The session.' }) }),
  },
  {
    description: 'Deletes a data session with its files, its conversation and all that was said in it.',
    resolve: (_root, { input }, context) => context.services.sessions.delete(context.viewer, input.id.id),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedSessionId: t.globalID({ description: 'The session.', resolve: ({ sessionId }) => ({ id: sessionId, type: Session }) }),
      deletedConversationId: t.globalID({
        nullable: true,
        description: 'The conversation about its data.',
        resolve: ({ conversationId }) => (conversationId === null ? null : { id: conversationId, type: 'Conversation' }),
      }),
      deletedTableIds: t.globalIDList({
        description: 'The versions of its derived tables.',
        resolve: ({ derivedTableIds }) => derivedTableIds.map((id) => ({ id, type: 'DerivedTable' })),
      }),
      deletedFileIds: t.globalIDList({ description: 'The files.', resolve: ({ fileIds }) => fileIds.map((id) => ({ id, type: File })) }),
    }),
  },
);

builder.relayMutationField(
  'deleteFile',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: File, required: true, description: 'The file.' }) }),
  },
  {
    description: 'Deletes a file and its table. What was said about it stays.',
    resolve: (_root, { input }, context) => context.services.files.delete(context.viewer, input.id.id),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedFileId: t.globalID({ description: 'The file.', resolve: (file) => ({ id: file.id, type: File }) }),
      session: t.field({
        type: Session,
        nullable: true,
        description: 'The session that it was in, as it is now; null when it was in none.',
        resolve: (file, _arguments, context) => (file.sessionId === null ? null : context.loaders.session.load(file.sessionId)),
      }),
    }),
  },
);
