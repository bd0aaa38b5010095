import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import type { AttachmentConfig } from '../../base/attachment-config.ts';
import type { Clock } from '../../base/clock.ts';
import type { ImportConfig } from '../../base/import-config.ts';
import type { KnowledgeConfig } from '../../base/knowledge-config.ts';
import type { Logger } from '../../base/logger.ts';
import type { PersonaConfig } from '../../base/persona-config.ts';
import type { OutsideAddresses } from '../../engines/outside-address.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Plots } from '../../plots/plots.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { PartialFiles } from '../../stores/partial-files.ts';
import type { Audit } from '../audit.ts';
import type { PlannerLock } from '../planner/with-planner.ts';
import type { Ingester } from '../upload/read-file.ts';
import type { DerivedIds } from './derived-ids.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportSource } from './import-row.ts';

/** What taking things over stands on. */
export interface ImportDependencies {
  readonly prisma: PrismaClient;
  readonly fileStore: FileStore;
  readonly partialFiles: PartialFiles;
  readonly duckdb: Ingester;
  readonly plots: Pick<Plots, 'check'>;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  readonly withPlannerOf: PlannerLock['withPlannerOf'];
  readonly mcp: {
    /** What is wrong with an address as it is written; null for nothing. */
    readonly problemOf: OutsideAddresses['problemOf'];
    /** The names of the commands that the operator allows. */
    readonly commands: readonly string[];
    readonly audit: Pick<Audit, 'record'>;
  };
  readonly knowledge: {
    /** Whether an embedding model is known, for somebody. */
    readonly hasModel: (userId: string, name: string) => Promise<boolean>;
    /** Begins to work at a document that is stored. */
    readonly begin: (documentId: string, baseId: string) => Promise<void>;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: ImportConfig & {
    readonly attachments: AttachmentConfig;
    readonly personas: PersonaConfig;
    readonly knowledge: KnowledgeConfig;
    readonly maxServersPerUser: number;
    readonly maxServersPerPersona: number;
    readonly maxFilesPerSession: number;
    /** All versions counted. */
    readonly maxTablesPerSession: number;
  };
}

/** An import that is being worked at. */
export interface ImportJob extends ImportDependencies {
  readonly userId: string;
  readonly source: ImportSource;
  readonly ids: DerivedIds;
  readonly report: ImportReport;
  /** Aborts when it was given up, when it takes too long, and when the server stops. */
  readonly signal: AbortSignal;
  /**
   * Writes the report down, in the transaction of what it tells of.
   *
   * @throws ImportEnded when it was given up, so that the transaction is undone
   */
  note(transaction: Prisma.TransactionClient): Promise<void>;
  /** Says that more of the file has been read. */
  advance(byteCount: number): void;
}
