import type { Foundation } from './compose.ts';
import type { OutsideAddresses } from './engines/outside-address.ts';
import type { ConversationLog } from './events/conversation-log.ts';
import type { RowChanges } from './events/row-changes.ts';
import type { Audit } from './services/audit.ts';
import type { ImportDependencies } from './services/import/import-job.ts';
import { createImportJobs } from './services/import/import-jobs.ts';
import { createImportRecords } from './services/import/import-records.ts';
import { createImports } from './services/import/imports.ts';
import { createPlannerLock } from './services/planner/with-planner.ts';

/** What imports share with other rooms. */
interface Parts {
  readonly audit: Audit;
  readonly addresses: OutsideAddresses;
  readonly knowledge: ImportDependencies['knowledge'];
  readonly conversationLog: ConversationLog;
  readonly changes: RowChanges;
  readonly maxFilesPerSession: number;
  readonly maxTablesPerSession: number;
}

/** Wires imports: the service, and the jobs that start and stop with the server. */
export function composeImports(foundation: Foundation, parts: Parts) {
  const { conversationLog, changes, audit, addresses, knowledge, maxFilesPerSession, maxTablesPerSession } = parts;
  const { config, clock, fileStore, newId } = foundation;
  const { prisma } = foundation.database;
  const { attachments, personas, mcp: servers } = config;
  const { maxServersPerUser, maxServersPerPersona, commands } = servers;
  const most = { maxFilesPerSession, maxTablesPerSession, maxServersPerUser, maxServersPerPersona };
  const limits = { ...config.imports, ...most, attachments, personas, knowledge: config.knowledge };
  const mcp = { problemOf: addresses.problemOf, commands: commands.map(({ name }) => name), audit };
  const { withPlannerOf } = createPlannerLock({ prisma, clock, newId });
  const records = createImportRecords({ prisma, clock, changes, maxOpenPerUser: limits.maxOpenPerUser, keptMs: limits.keptMs });
  const jobs = createImportJobs({ ...foundation, prisma, conversationLog, limits, records, withPlannerOf, mcp, knowledge });
  return { imports: createImports({ prisma, fileStore, clock, changes, records, jobs, limits }), importJobs: jobs };
}
