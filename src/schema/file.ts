import type { FileRow } from '../services/file/file-row.ts';
import { builder } from './builder.ts';
import { loadExisting } from './batch.ts';
import { IngestReport } from './ingest-report.ts';
import { Table } from './table.ts';

/** An uploaded file. */
export const File = builder.objectRef<FileRow>('File');

const FileStatus = builder.enumType('FileStatus', {
  description: 'Whether a file is being read anew.',
  values: {
    READY: { description: 'Its table is that of its newest reading.' },
    INGESTING: { description: 'It is being read anew; its table is still that of the reading before.' },
  } as const,
});

const FileFormat = builder.enumType('FileFormat', {
  description: 'What a file is made of.',
  values: {
    CSV: { description: 'Text with a delimiter, of any dialect.' },
    PARQUET: { description: 'Apache Parquet.' },
    JSON: { description: 'JSON: an array of objects, or one object a line.' },
    XLSX: { description: 'A workbook of Excel.' },
  } as const,
});

builder.node(File, {
  interfaces: [Table],
  description: 'An uploaded file: a table of its session. Files are uploaded with `POST /uploads`.',
  id: { resolve: (file) => file.id, description: 'The global id.' },
  loadOne: (id, context) => context.services.files.get(context.viewer, id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name it was uploaded under.' }),
    format: t.expose('format', { type: FileFormat, description: 'What it is made of.' }),
    byteSize: t.expose('byteSize', { type: 'BigInt', description: 'How many bytes were uploaded.' }),
    ingest: t.field({
      type: IngestReport,
      description: 'How it was read: the dialect that was found, the rows that could not be read, and what was decided.',
      resolve: (file, _arguments, context) => loadExisting(context.loaders.fileIngest, file.id, 'File'),
    }),
    originalUrl: t.string({
      description:
        'A signed link to the file as it was uploaded, to the byte: a path on this server that works without signing in, for fifteen minutes unless it is configured otherwise. It answers ranges.',
      resolve: (file, _arguments, { services, viewer }) => services.downloads.linkTo(viewer, 'file', file.id).url,
    }),
    status: t.expose('status', { type: FileStatus, description: 'Whether it is being read anew.' }),
    revision: t.exposeInt('revision', { description: 'Counts the readings that its table is of, from 1: it grows with each `reingestFile` that succeeds.' }),
  }),
});

builder.queryField('file', (t) =>
  t.field({
    type: File,
    description: 'One of your files.',
    args: { id: t.arg.globalID({ for: File, required: true, description: 'The id of the file.' }) },
    resolve: (_root, { id }, context) => context.services.files.get(context.viewer, id.id),
  }),
);
