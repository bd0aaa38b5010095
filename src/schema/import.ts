import { countsOf, importErrorOf, problemsOf, sourceOf, type ImportCounts, type ImportProblem, type ImportRow } from '../services/import/import-row.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { paginate } from './pagination.ts';
import { ErrorCodeEnum } from './scalars.ts';

/** What somebody brings along from elsewhere. */
export const Import = builder.objectRef<ImportRow>('Import');

const ImportStatus = builder.enumType('ImportStatus', {
  description: 'Where an import stands.',
  values: {
    QUEUED: { description: 'It waits for its turn.' },
    RUNNING: { description: 'What is in it is being taken over; what is there already can be used.' },
    COMPLETED: { description: 'All that is understood has been taken over; `problems` tells of the rest.' },
    FAILED: { description: 'It ended early; `error` says why. What was taken over stays, and the same file sent again goes on where it ended.' },
    CANCELLED: { description: 'It was given up. What was taken over stays.' },
  } as const,
});

/** Where conversations come from. */
const ImportSource = builder.enumType('ImportSource', {
  description: 'What an import comes from. It is told by its content, whatever the file is called.',
  values: {
    CHATGPT: { value: 'chatgpt', description: 'An export of ChatGPT: its archive, or the `conversations.json` in it.' },
    CLAUDE: { value: 'claude', description: 'An export of Claude: its archive, or the `conversations.json` in it.' },
    COLLOQUY: { value: 'colloquy', description: 'A conversation that was exported as JSON, or the archive of an account, of this server or of another one.' },
  } as const,
});

const ImportCountsType = builder.objectRef<ImportCounts>('ImportCounts').implement({
  description: 'How many of what came of an import so far.',
  fields: (t) => ({
    conversations: t.exposeInt('conversations', { description: 'Conversations that are new.' }),
    extendedConversations: t.exposeInt('extendedConversations', { description: 'Conversations of an earlier import that got messages which they lacked.' }),
    presentConversations: t.exposeInt('presentConversations', { description: 'Conversations that were there already, with everything.' }),
    messages: t.exposeInt('messages', { description: 'Messages that are new.' }),
    attachments: t.exposeInt('attachments', { description: 'Pictures and files of messages.' }),
    sessions: t.exposeInt('sessions', { description: 'Data sessions.' }),
    files: t.exposeInt('files', { description: 'Files of data sessions, each read anew.' }),
    derivedTables: t.exposeInt('derivedTables', { description: 'Derived tables, all versions counted.' }),
    verifiedQueries: t.exposeInt('verifiedQueries', { description: 'Questions with the SQL that was found right.' }),
    goals: t.exposeInt('goals', { description: 'Goals.' }),
    weeklyPlans: t.exposeInt('weeklyPlans', { description: 'Plans of weeks that had none.' }),
    dailyPlans: t.exposeInt('dailyPlans', { description: 'Plans of days that had none.' }),
    recurrences: t.exposeInt('recurrences', { description: 'Series of items that recur.' }),
    planItems: t.exposeInt('planItems', { description: 'Items of plans, and those that stand in none.' }),
    promptTemplates: t.exposeInt('promptTemplates', { description: 'Prompt templates, each with its versions.' }),
    mcpServers: t.exposeInt('mcpServers', {
      description: 'Servers of tools. Headers are in no archive: where a server needs some, they are to be given again.',
    }),
    personas: t.exposeInt('personas', { description: 'Personas.' }),
    knowledgeBases: t.exposeInt('knowledgeBases', { description: 'Knowledge bases.' }),
    documents: t.exposeInt('documents', { description: 'Documents of knowledge bases. They are read in the background, as those that you send.' }),
  }),
});

const ImportProblemType = builder.objectRef<ImportProblem>('ImportProblem').implement({
  description: 'Something that was not taken over, or not as it was.',
  fields: (t) => ({
    subject: t.exposeString('subject', {
      nullable: true,
      description: 'The title of the conversation, or the name of what it is about; null for the file as a whole.',
    }),
    reason: t.exposeString('reason', { description: 'What, and why, in a sentence.' }),
    count: t.exposeInt('count', { description: 'How often it was so there.' }),
  }),
});

const ImportError = builder.objectRef<NonNullable<ReturnType<typeof importErrorOf>>>('ImportError').implement({
  description: 'Why an import failed.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'For programs.' }),
    message: t.exposeString('message', { description: 'For people.' }),
  }),
});

const ImportEdge = builder.edgeObject({ type: Import, name: 'ImportEdge', description: 'An import in a page.' });

const ImportConnection = builder.connectionObject({ type: Import, name: 'ImportConnection', description: 'A page of imports.' }, ImportEdge);

builder.node(Import, {
  description:
    'What you bring along from elsewhere, by `POST /imports`: it is taken over in the background, through restarts of the server. The same file again adds nothing.',
  id: { resolve: (row) => row.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.import.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the file, as the client gave it.' }),
    byteSize: t.expose('byteSize', { type: 'BigInt', description: 'How many bytes it has.' }),
    source: t.field({
      type: ImportSource,
      nullable: true,
      description: 'What it comes from; null until it was looked at, and for an export in which there is nothing.',
      resolve: (row) => sourceOf(row.source),
    }),
    status: t.expose('status', { type: ImportStatus, description: 'Where it stands.' }),
    progress: t.exposeFloat('progress', { description: '0 to 1: how much of it has been read.' }),
    counts: t.field({ type: ImportCountsType, description: 'What came of it so far.', resolve: (row) => countsOf(row.counts) }),
    problems: t.field({
      type: [ImportProblemType],
      description: 'What was not taken over, or not as it was: the first hundred different ones.',
      resolve: (row) => [...problemsOf(row.problems)],
    }),
    problemCount: t.exposeInt('problemCount', { description: 'How often something was not taken over, or not as it was, altogether.' }),
    error: t.field({ type: ImportError, nullable: true, description: 'Why it failed; null when it did not.', resolve: (row) => importErrorOf(row) }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the file had come.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When something last came of it.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it was over; null before.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When its report is forgotten. What was taken over stays.' }),
  }),
});

builder.objectField(Conversation, 'importedFrom', (t) =>
  t.field({
    type: ImportSource,
    nullable: true,
    description: 'Where it was imported from; null for one that was begun here.',
    resolve: ({ importedFrom }) => sourceOf(importedFrom),
  }),
);

builder.queryFields((t) => ({
  imports: t.connection(
    {
      type: Import,
      description: 'Your imports, the newest first.',
      resolve: (_root, args, context) =>
        paginate(
          args,
          (page) => context.services.imports.list(context.viewer, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    ImportConnection,
  ),
  import: t.field({
    type: Import,
    description: 'One of your imports.',
    args: { id: t.arg.globalID({ for: Import, required: true, description: 'The id of the import.' }) },
    resolve: (_root, { id }, context) => context.services.imports.get(context.viewer, id.id),
  }),
}));

builder.relayMutationField(
  'cancelImport',
  {
    description: 'Which import to give up.',
    inputFields: (t) => ({ id: t.globalID({ for: Import, required: true, description: 'The import.' }) }),
  },
  {
    description: 'Gives up an import that is not over. What was taken over stays.',
    resolve: async (_root, { input }, { services, viewer }) => ({ import: await services.imports.cancel(viewer, input.id.id) }),
  },
  {
    description: 'The import that was given up.',
    outputFields: (t) => ({ import: t.expose('import', { type: Import, description: 'As it is now.' }) }),
  },
);

builder.relayMutationField(
  'deleteImport',
  {
    description: 'Which import to forget.',
    inputFields: (t) => ({ id: t.globalID({ for: Import, required: true, description: 'The import.' }) }),
  },
  {
    description: 'Forgets an import that is over, with its report. What was taken over stays.',
    resolve: async (_root, { input }, { services, viewer }) => ({ importId: await services.imports.delete(viewer, input.id.id) }),
  },
  {
    description: 'What was forgotten.',
    outputFields: (t) => ({
      deletedImportId: t.globalID({ description: 'The id of the import.', resolve: ({ importId }) => ({ id: importId, type: Import }) }),
    }),
  },
);

builder.subscriptionField('importProgress', (t) =>
  t.field({
    type: Import,
    description:
      'Follows an import: as it is now, then after each change, at most a few times a second, until it is COMPLETED, FAILED or CANCELLED. After a cut, subscribe again: the first event has everything up to now.',
    args: { importId: t.arg.globalID({ for: Import, required: true, description: 'The id of the import.' }) },
    subscribe: (_root, { importId }, context) => context.services.imports.follow(context.viewer, importId.id),
    resolve: (row) => row,
  }),
);
