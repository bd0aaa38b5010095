import { builder } from './builder.ts';
import { File } from './file.ts';
import { Session } from './session.ts';
import { Upload } from './upload.ts';

const TextEncoding = builder.enumType('TextEncoding', {
  description: 'How the characters of a text file are written as bytes.',
  values: {
    UTF_8: { value: 'utf-8', description: 'UTF-8.' },
    UTF_16LE: { value: 'utf-16le', description: 'UTF-16, the low byte first.' },
    UTF_16BE: { value: 'utf-16be', description: 'UTF-16, the high byte first.' },
    WINDOWS_1252: { value: 'windows-1252', description: 'Windows-1252, of which Latin-1 is a part.' },
  } as const,
});

const DateOrder = builder.enumType('DateOrder', {
  description: 'How dates are written whose day and month could be either.',
  values: {
    DMY: { description: 'Day, month, year: 31.12.2024.' },
    MDY: { description: 'Month, day, year: 12/31/2024.' },
    YMD: { description: 'Year, month, day: 2024-12-31.' },
  } as const,
});

const ReadingOptionsInput = builder.inputType('ReadingOptionsInput', {
  description:
    'How to read a file; what is absent, the product finds out by itself. CSV takes all of it, the sheets of workbooks what is about their tables and values, JSON only `isAllText`, and Parquet nothing: what is ignored is said in the warnings of the report.',
  fields: (t) => ({
    encoding: t.field({ type: TextEncoding, description: 'The encoding of the text.' }),
    delimiter: t.string({ description: 'What stands between two values, one to four characters.' }),
    quote: t.string({ description: 'What stands around values; empty for a file that quotes nothing.' }),
    escape: t.string({ description: 'What stands before a quote inside a value; empty for none.' }),
    comment: t.string({ description: 'Lines that begin with it are no rows; empty for none.' }),
    header: t.boolean({ description: 'Whether the first row holds the names of the columns.' }),
    skipLines: t.int({ description: 'How many lines before the header or the first row are no rows.' }),
    table: t.int({ description: 'Which table of a file with several is read, from 1; of a workbook without `sheet`, which sheet.' }),
    sheet: t.string({ description: 'The sheet of a workbook, by its name.' }),
    decimalMark: t.string({ description: 'The mark of decimals: `.` or `,`.' }),
    thousandsMark: t.string({ description: "What stands between groups of digits: `,`, `.`, a space, `'`, or empty for nothing." }),
    dateOrder: t.field({ type: DateOrder, description: 'How dates are written whose day and month could be either.' }),
    isAllText: t.boolean({ description: 'True keeps every column as text.' }),
  }),
});

builder.relayMutationField(
  'reingestFile',
  {
    description: 'How to read which file.',
    inputFields: (t) => ({
      fileId: t.globalID({ for: File, required: true, description: 'The file.' }),
      options: t.field({ type: ReadingOptionsInput, description: 'How to read it; absent, everything is found out again.' }),
    }),
  },
  {
    description:
      'Reads the original of a file again, in the background. Its table can be used as it is until the new one takes its place in one step; when the reading fails, it stays. Follow it with `uploadProgress`.',
    resolve: (_root, { input }, context) => context.services.reingest.start(context.viewer, { fileId: input.fileId.id, options: input.options ?? {} }),
  },
  {
    description: 'What began.',
    outputFields: (t) => ({
      file: t.expose('file', { type: File, description: 'The file, which is INGESTING now.' }),
      upload: t.expose('upload', { type: Upload, description: 'The reading, for `uploadProgress`.' }),
    }),
  },
);

builder.relayMutationField(
  'updateFile',
  {
    description: 'What to change; what is absent stays as it is.',
    inputFields: (t) => ({
      id: t.globalID({ for: File, required: true, description: 'The file.' }),
      name: t.string({ description: 'A new name for people.' }),
      tableName: t.string({ description: 'A new name in SQL: lower-case letters, digits and _, beginning with a letter, unique in its session.' }),
    }),
  },
  {
    description: 'Renames a file or its table. SQL that names the old table does not find it any more.',
    resolve: async (_root, { input }, context) => ({
      file: await context.services.fileChanges.update(context.viewer, { id: input.id.id, name: input.name, tableName: input.tableName }),
    }),
  },
  {
    description: 'The changed file.',
    outputFields: (t) => ({ file: t.expose('file', { type: File, description: 'The changed file.' }) }),
  },
);

builder.relayMutationField(
  'addFiles',
  {
    description: 'Which files go where.',
    inputFields: (t) => ({
      sessionId: t.globalID({ for: Session, required: true, description: 'The session.' }),
      fileIds: t.globalIDList({ for: File, required: true, description: 'Files that are in no session.' }),
    }),
  },
  {
    description: 'Puts files into a session: all, or none when one cannot be. Tables whose names are taken get numbers.',
    resolve: async (_root, { input }, context) => ({
      sessionId: input.sessionId.id,
      files: await context.services.fileChanges.add(context.viewer, { sessionId: input.sessionId.id, fileIds: input.fileIds.map(({ id }) => id) }),
    }),
  },
  {
    description: 'The session with its new files.',
    outputFields: (t) => ({
      session: t.field({
        type: Session,
        description: 'The session.',
        resolve: ({ sessionId }, _arguments, context) => context.services.sessions.get(context.viewer, sessionId),
      }),
      files: t.field({ type: [File], description: 'The files, as they are in it.', resolve: ({ files }) => [...files] }),
    }),
  },
);

builder.relayMutationField(
  'removeFile',
  {
    description: 'Which file.',
    inputFields: (t) => ({ id: t.globalID({ for: File, required: true, description: 'The file.' }) }),
  },
  {
    description:
      'Takes a file out of its session without deleting it. `addFiles` or `createSession` can put it into another one; when none does within a day, it is deleted.',
    resolve: (_root, { input }, context) => context.services.fileChanges.remove(context.viewer, input.id.id),
  },
  {
    description: 'The file and its former session.',
    outputFields: (t) => ({
      file: t.expose('file', { type: File, description: 'The file, in no session now.' }),
      session: t.field({
        type: Session,
        description: 'The session that it was in.',
        resolve: ({ sessionId }, _arguments, context) => context.services.sessions.get(context.viewer, sessionId),
      }),
    }),
  },
);
