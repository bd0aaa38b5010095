import { z } from 'zod';
import type { PlanProposal } from '../../../prisma/generated/client.ts';
import { storedOperation, type Operation } from './operation.ts';
import { undoLog, type UndoLog } from './undo-log.ts';
import type { Versions } from './versions.ts';

/** What has become of a proposal. */
export const proposalStatuses = ['PENDING', 'APPLIED', 'PARTLY_APPLIED', 'DISMISSED', 'UNDONE'] as const;

/** One of `proposalStatuses`. */
export type ProposalStatus = (typeof proposalStatuses)[number];

/** Changes of somebody's plans that an assistant proposes. */
export interface ProposalRow {
  readonly id: string;
  readonly conversationId: string | null;
  readonly partId: string | null;
  readonly summary: string | null;
  readonly status: ProposalStatus;
  readonly operations: readonly Operation[];
  readonly version: number;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
}

/** The same with what only its changes need. */
export interface OpenProposal extends ProposalRow {
  readonly versions: Versions;
  readonly undo: UndoLog;
}

/** The `data` of a part of kind PLAN_PROPOSAL: what it was when it was made, so that exports and copies can be read alone. */
export const proposalPartData = z.object({
  proposalId: z.string(),
  summary: z.string(),
  /** Whether it was applied at once, because the person has small changes made without asking. */
  isApplied: z.boolean(),
  operations: z.array(z.object({ kind: z.string(), about: z.string(), reason: z.string() })),
});

/** See `proposalPartData`. */
export type ProposalPartData = z.infer<typeof proposalPartData>;

const operations = z.array(storedOperation);
const versions = z.record(z.string(), z.number());

/** A proposal from how it is stored. */
export function proposalOf(stored: Omit<PlanProposal, 'ownerId' | 'undo' | 'versions'>): ProposalRow {
  const { id, conversationId, partId, summary, status, version, createdAt, decidedAt } = stored;
  return { id, conversationId, partId, summary, status, operations: operations.parse(stored.operations), version, createdAt, decidedAt };
}

/** A proposal that is about to be decided on. */
export function openProposalOf(stored: PlanProposal): OpenProposal {
  return { ...proposalOf(stored), versions: versions.parse(stored.versions), undo: undoLog.parse(stored.undo ?? { steps: [], madePlans: [] }) };
}
