import type { Viewer } from '../auth/viewer.ts';
import type { IngestReport } from '../base/reading.ts';
import type { ColumnProfile } from '../base/table.ts';
import type { DerivedTableRow } from '../services/derived-table/derived-row.ts';
import type { DerivedTables } from '../services/derived-table/derived-tables.ts';
import type { ExportRow, Exports } from '../services/export/exports.ts';
import type { FileRow } from '../services/file/file-row.ts';
import type { Files } from '../services/file/files.ts';
import type { ImportRow } from '../services/import/import-row.ts';
import type { Imports } from '../services/import/imports.ts';
import type { SessionRow, Sessions } from '../services/session/sessions.ts';
import type { StoredTable, StoredTables } from '../services/table/stored-tables.ts';
import type { UploadRow } from '../services/upload/upload-row.ts';
import type { UploadViews } from '../services/upload/upload-views.ts';
import { createTurns, loaderOf } from './batch.ts';

/** What the batches of data sessions read. */
interface FileServices {
  readonly files: Files;
  readonly sessions: Sessions;
  readonly derivedTables: DerivedTables;
  readonly exports: Exports;
  readonly storedTables: StoredTables;
  readonly uploadViews: UploadViews;
  readonly imports: Imports;
}

/**
 * The batches of data sessions. What is large (profiles, previews, reports) has loaders of its own, so that it is read only when it is
 * asked for.
 */
export function createFileLoaders(services: FileServices, viewer: Viewer | null) {
  const { files, sessions, derivedTables, exports, storedTables, uploadViews, imports } = services;
  return {
    inTurn: createTurns(),
    storedFile: loaderOf<StoredTable>((ids) => storedTables.byIds(viewer, 'FILE', ids)),
    storedDerived: loaderOf<StoredTable>((ids) => storedTables.byIds(viewer, 'DERIVED', ids)),
    derivedTable: loaderOf<DerivedTableRow>((ids) => derivedTables.byIds(viewer, ids)),
    derivedOfSession: loaderOf<readonly DerivedTableRow[]>((ids) => derivedTables.ofSessions(viewer, ids)),
    derivedColumns: loaderOf<readonly ColumnProfile[]>((ids) => derivedTables.columns(viewer, ids)),
    export: loaderOf<ExportRow>((ids) => exports.byIds(viewer, ids)),
    derivedIsStale: loaderOf<boolean>((ids) => derivedTables.areStale(viewer, ids)),
    session: loaderOf<SessionRow>((ids) => sessions.byIds(viewer, ids)),
    file: loaderOf<FileRow>((ids) => files.byIds(viewer, ids)),
    upload: loaderOf<UploadRow>((ids) => uploadViews.byIds(viewer, ids)),
    import: loaderOf<ImportRow>((ids) => imports.byIds(viewer, ids)),
    filesOfSession: loaderOf<readonly FileRow[]>((ids) => files.ofSessions(viewer, ids)),
    fileColumns: loaderOf<readonly ColumnProfile[]>((ids) => files.columns(viewer, ids)),
    fileIngest: loaderOf<IngestReport>((ids) => files.ingests(viewer, ids)),
  };
}
