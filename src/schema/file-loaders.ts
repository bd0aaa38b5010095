import type { Viewer } from '../auth/viewer.ts';
import type { ColumnProfile } from '../base/table.ts';
import type { IngestReport } from '../duckdb/protocol.ts';
import type { FileRow, TablePreview } from '../services/file/file-row.ts';
import type { Files } from '../services/file/files.ts';
import type { SessionRow, Sessions } from '../services/session/sessions.ts';
import { loaderOf } from './batch.ts';

/**
 * The batches of data sessions. What is large (profiles, previews, reports) has loaders of its own, so that it is read only when it is
 * asked for.
 */
export function createFileLoaders({ files, sessions }: { readonly files: Files; readonly sessions: Sessions }, viewer: Viewer | null) {
  return {
    session: loaderOf<SessionRow>((ids) => sessions.byIds(viewer, ids)),
    filesOfSession: loaderOf<readonly FileRow[]>((ids) => files.ofSessions(viewer, ids)),
    fileColumns: loaderOf<readonly ColumnProfile[]>((ids) => files.columns(viewer, ids)),
    filePreview: loaderOf<TablePreview>((ids) => files.previews(viewer, ids)),
    fileIngest: loaderOf<IngestReport>((ids) => files.ingests(viewer, ids)),
  };
}
