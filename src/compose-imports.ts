import type { Foundation } from './compose.ts';
import type { ConversationLog } from './events/conversation-log.ts';
import type { RowChanges } from './events/row-changes.ts';
import { createImportJobs } from './services/import/import-jobs.ts';
import { createImportRecords } from './services/import/import-records.ts';
import { createImports } from './services/import/imports.ts';
import { createPlannerLock } from './services/planner/with-planner.ts';

/** What imports share with other rooms. */
interface Parts {
  readonly conversationLog: ConversationLog;
  readonly changes: RowChanges;
  readonly maxFilesPerSession: number;
  readonly maxTablesPerSession: number;
}

/** Wires imports: the service, and the jobs that start and stop with the server. */
export function composeImports(foundation: Foundation, { conversationLog, changes, maxFilesPerSession, maxTablesPerSession }: Parts) {
  const { config, clock, fileStore, newId } = foundation;
  const { prisma } = foundation.database;
  const limits = { ...config.imports, attachments: config.attachments, maxFilesPerSession, maxTablesPerSession };
  const { withPlannerOf } = createPlannerLock({ prisma, clock, newId });
  const records = createImportRecords({ prisma, clock, changes, maxOpenPerUser: limits.maxOpenPerUser, keptMs: limits.keptMs });
  const jobs = createImportJobs({ ...foundation, prisma, conversationLog, limits, records, withPlannerOf });
  return { imports: createImports({ prisma, fileStore, clock, changes, records, jobs, limits }), importJobs: jobs };
}
