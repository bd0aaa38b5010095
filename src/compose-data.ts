import { createShareTokens } from './auth/opaque-tokens.ts';
import { createSignedLinks } from './auth/signed-links.ts';
import type { Foundation } from './compose.ts';
import { composeTakeaway } from './compose-takeaway.ts';
import { createTableMaker } from './services/derived-table/make-table.ts';
import { createDerivedTables } from './services/derived-table/derived-tables.ts';
import { createAvatarDownloads } from './services/profile/avatars.ts';
import { createAttachmentDownloads } from './services/attachment/attachment-downloads.ts';
import { createDownloads } from './services/download/downloads.ts';
import { createFileDownloads } from './services/download/file-downloads.ts';
import { createExportDownloads, createExports } from './services/export/exports.ts';
import { createPreviewDownloads } from './services/image/previews.ts';
import { createQueries } from './services/query/queries.ts';
import { createDrawings } from './services/plot/drawings.ts';
import { createPlotDownloads } from './services/plot/plot-downloads.ts';
import { createPlotService } from './services/plot/plots.ts';
import type { ConversationLog } from './events/conversation-log.ts';
import type { Statements } from './stores/statements.ts';
import type { ModelCalls } from './services/model-calls.ts';
import { createSharedPlots } from './services/share-link/shared-plots.ts';
import { createShareLinks } from './services/share-link/share-links.ts';
import type { Sessions } from './services/session/sessions.ts';
import { createSessionTables } from './services/session/tables.ts';
import { createPreviews } from './services/table/previews.ts';
import { createStoredTables } from './services/table/stored-tables.ts';
import { createTableDownloads } from './services/table/table-downloads.ts';

/** Of a session, all versions counted. */
export const maxDerivedTables = 200;

/** Wires the tables of data sessions, as runs and people use them. */
export function composeTables({ clock, logger, database: { prisma }, duckdb, fileStore }: Foundation) {
  const tables = createSessionTables({ prisma, fileStore });
  return { tables, makeTable: createTableMaker({ prisma, fileStore, duckdb, tables, clock, logger, maxTablesPerSession: maxDerivedTables }) };
}

/** What was made before. */
interface Parts {
  readonly sessionTables: ReturnType<typeof composeTables>;
  readonly sessions: Sessions;
  readonly statements: Statements;
  readonly conversationLog: ConversationLog;
  readonly modelCalls: ModelCalls;
}

/** Wires what people do with the tables and plots of data sessions. */
export function composeData(foundation: Foundation, { sessionTables: { tables, makeTable }, sessions, statements, conversationLog, modelCalls }: Parts) {
  const { config, secret, clock, newId, logger, database, duckdb, fileStore, plots, limits } = foundation;
  const { prisma } = database;
  const { linkLifetimeMs: lifetimeMs, maxDownloadsPerUser } = config.downloads;
  const links = createSignedLinks({ secret, previousSecrets: config.previousSecrets, lifetimeMs, clock });
  const drawings = createDrawings({ plots });
  const kinds = {
    plot: createPlotDownloads({ prisma, drawings }),
    avatar: createAvatarDownloads({ prisma, fileStore }),
    attachment: createAttachmentDownloads({ pool: database.pool, fileStore }),
    file: createFileDownloads({ prisma, fileStore }),
    table: createTableDownloads({ prisma, fileStore, duckdb }),
    export: createExportDownloads({ prisma, tables, clock, fileStore, duckdb }),
    preview: createPreviewDownloads({ prisma, fileStore }),
    ...composeTakeaway(foundation),
  };
  return {
    plots: createPlotService({ prisma, statements, plots, drawings, modelCalls, conversationLog, newId, clock, chatsPerUser: limits.chatsPerUser }),
    sharedPlots: createSharedPlots({ drawings }),
    shareLinks: createShareLinks({ prisma, statements, clock, newId, tokens: createShareTokens(), limiter: limits.sharedPerAddress }),
    downloads: createDownloads({ prisma, links, kinds, maxDownloadsPerUser }),
    storedTables: createStoredTables({ prisma, fileStore }),
    previews: createPreviews({ duckdb }),
    queries: createQueries({ sessions, tables, duckdb, maxRows: config.sql.maxRows }),
    exports: createExports({ prisma, sessions, tables, duckdb, clock, newId, lifetimeMs }),
    derivedTables: createDerivedTables({ prisma, clock, logger, fileStore, sessions, make: makeTable }),
  };
}
