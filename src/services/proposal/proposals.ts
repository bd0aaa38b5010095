import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Statements } from '../../stores/statements.ts';
import { storableJson } from '../file/file-row.ts';
import { keysetSql } from '../keyset.ts';
import type { Planner } from '../planner/planner-row.ts';
import type { PlannerLock } from '../planner/with-planner.ts';
import { applyIn, goalsToDelete, type Decided } from './apply.ts';
import { isSmall } from './auto-apply.ts';
import type { Operation } from './operation.ts';
import { openProposalOf, proposalOf, type OpenProposal, type ProposalRow, type ProposalStatus } from './proposal-row.ts';
import { keysOf } from './snapshot.ts';
import { conversationsToRelink, undoIn } from './undo.ts';
import { readVersions } from './versions.ts';

/** What assistants propose, and what people make of it. A proposal is for one person alone. */
export type Proposals = ReturnType<typeof createProposals>;

/** What the service needs. */
export interface ProposalDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  readonly withPlannerOf: PlannerLock['withPlannerOf'];
}

type Transaction = Prisma.TransactionClient;

/** What an assistant proposes. */
export interface NewProposal {
  readonly userId: string;
  readonly conversationId: string;
  /** The part that will show it. */
  readonly partId: string;
  readonly summary: string;
}

const columns = `p.id, p.conversation_id AS "conversationId", p.part_id AS "partId", p.summary, p.status, p.operations, p.version,
  p.created_at AS "createdAt", p.decided_at AS "decidedAt"`;

const nothing: Decided['changed'] = { goalIds: [], itemIds: [], weeklyPlanIds: [], dailyPlanIds: [] };

/** The operations that somebody chose of those that wait; those that are applied already are passed over. @throws AppError BAD_USER_INPUT, CONFLICT */
function chosenOf({ operations, status }: OpenProposal, wanted: readonly number[] | null): readonly number[] {
  if (wanted !== null && wanted.length === 0) throw badInput(['input', 'operations'], 'Name at least one operation, or leave "operations" out for all.');
  const outside = wanted?.find((index) => operations[index] === undefined);
  if (outside !== undefined) {
    throw badInput(['input', 'operations'], `There is no operation ${outside}; the proposal has ${operations.length}, from 0 to ${operations.length - 1}.`);
  }
  if (status === 'UNDONE') throw new AppError('CONFLICT', 'This proposal was undone; ask for a new one.');
  const indexes = [...new Set(wanted ?? operations.keys())].toSorted((left, right) => left - right);
  const dismissed = indexes.find((index) => operations[index]?.status === 'DISMISSED');
  if (dismissed !== undefined && (wanted !== null || status === 'DISMISSED'))
    throw new AppError('CONFLICT', `Operation ${dismissed} was dismissed; ask for a new proposal.`);
  return indexes.filter((index) => operations[index]?.status === 'PENDING');
}

/** A proposal after what waits of it was dismissed; null when nothing waits. @throws AppError CONFLICT for one that is applied or undone */
function dismissed(proposal: OpenProposal, now: Date): OpenProposal | null {
  const { status, operations } = proposal;
  if (status === 'APPLIED') throw new AppError('CONFLICT', 'This proposal is applied, so there is nothing left to dismiss; take it back with "undoProposal".');
  if (status === 'UNDONE') throw new AppError('CONFLICT', 'This proposal was undone; there is nothing left to dismiss.');
  if (operations.every((operation) => operation.status !== 'PENDING')) return null;
  const dismiss = (operation: Operation): Operation => (operation.status === 'PENDING' ? { ...operation, status: 'DISMISSED' } : operation);
  return {
    ...proposal,
    operations: operations.map(dismiss),
    status: status === 'PENDING' ? 'DISMISSED' : status,
    version: proposal.version + 1,
    decidedAt: now,
  };
}

/** Creates the service. */
export function createProposals({ prisma, statements, conversationLog, withPlannerOf }: ProposalDependencies) {
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, ProposalRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<Parameters<typeof proposalOf>[0]>(
      `SELECT ${columns} FROM plan_proposals p WHERE p.id = ANY($1::uuid[]) AND p.owner_id = $2::uuid`,
      [ids, userId],
    );
    return new Map(rows.map((row) => [row.id, proposalOf(row)]));
  };

  const store = (transaction: Transaction, { id, operations, status, versions, undo, version, decidedAt }: OpenProposal) =>
    transaction.planProposal.update({
      where: { id },
      data: { operations: storableJson(operations), versions: storableJson(versions), undo: storableJson(undo), status, version, decidedAt },
      select: { id: true },
    });

  /** Tells every device that watches the conversation. */
  const tell = async (transaction: Transaction, { conversationId, partId, version }: OpenProposal): Promise<void> => {
    if (conversationId === null || partId === null) return;
    const part = await transaction.part.findUnique({ where: { id: partId }, select: { messageId: true } });
    if (part !== null) await conversationLog.append(transaction, conversationId, { type: 'PartChanged', messageId: part.messageId, partId, version });
  };

  /** Decides on a proposal while nobody else changes the person's planning. */
  const decide = async (
    viewer: Viewer | null,
    id: string,
    work: (transaction: Transaction, planner: Planner, proposal: OpenProposal) => Promise<Decided | null>,
  ): Promise<Decided> => {
    const { userId } = requireViewer(viewer);
    const find = async (transaction: Pick<Transaction, 'planProposal'>): Promise<OpenProposal> => {
      const stored = await transaction.planProposal.findFirst({ where: { id, ownerId: userId } });
      if (stored === null) throw notFound('PlanProposal');
      return openProposalOf(stored);
    };
    const known = await find(prisma);
    // Conversations before the planner, as everything locks them: that which shows it, and those that lose or get back their goal.
    const goalIds = goalsToDelete(known.operations);
    const first = (transaction: Transaction) =>
      transaction.$queryRaw`
        SELECT id FROM conversations WHERE id = ${known.conversationId}::uuid OR goal_id = ANY(${goalIds}::uuid[]) OR id = ANY(${conversationsToRelink(known)}::uuid[])
        ORDER BY id FOR UPDATE`;
    return withPlannerOf(
      userId,
      async (transaction, planner) => {
        const proposal = await find(transaction);
        const made = await work(transaction, planner, proposal);
        if (made === null) return { proposal, changed: nothing };
        await store(transaction, made.proposal);
        await tell(transaction, made.proposal);
        return made;
      },
      { first },
    );
  };

  return {
    /** Those of some proposals that are the viewer's. */
    byIds,

    /** One proposal. @throws AppError NOT_FOUND */
    get: async (viewer: Viewer | null, id: string): Promise<ProposalRow> => {
      const found = (await byIds(viewer, [id])).get(id);
      if (found === undefined) throw notFound('PlanProposal');
      return found;
    },

    /** The viewer's proposals, newest first. */
    list: async (viewer: Viewer | null, status: readonly ProposalStatus[] | null, page: Page): Promise<readonly ProposalRow[]> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'p.created_at', 'p.id', 3);
      const { rows } = await statements.query<Parameters<typeof proposalOf>[0]>(
        `SELECT ${columns} FROM plan_proposals p WHERE p.owner_id = $1::uuid AND ($2::text[] IS NULL OR p.status::text = ANY($2))${keyset.where} ${keyset.limit}`,
        [userId, status, ...keyset.values],
      );
      return rows.map(proposalOf);
    },

    /**
     * Keeps what an assistant proposes, and applies it at once where it is small and the person wants that. Nothing else is written.
     *
     * @param draft makes the operations of what is there, and throws what the assistant is told
     * @returns the proposal, and whether it was applied
     */
    propose: (
      { userId, conversationId, partId, summary }: NewProposal,
      draft: (transaction: Transaction, planner: Planner) => Promise<readonly Operation[]>,
    ): Promise<{ readonly proposal: ProposalRow; readonly isApplied: boolean }> =>
      withPlannerOf(
        userId,
        async (transaction, planner) => {
          const operations = await draft(transaction, planner);
          const stored = await transaction.planProposal.create({
            data: {
              id: planner.newId(),
              ownerId: userId,
              conversationId,
              partId,
              summary,
              operations: storableJson(operations),
              versions: await readVersions(transaction, planner, keysOf(operations)),
              createdAt: planner.now,
            },
          });
          const proposal = openProposalOf(stored);
          if (!planner.autoApply || !isSmall(operations)) return { proposal, isApplied: false };
          const applied = await applyIn(transaction, planner, proposal, [...operations.keys()]);
          await store(transaction, applied.proposal);
          return { proposal: applied.proposal, isApplied: true };
        },
        { first: (transaction) => transaction.$queryRaw`SELECT 1 FROM conversations WHERE id = ${conversationId}::uuid FOR KEY SHARE` },
      ),

    /**
     * Applies a proposal, or some of its operations: all of them or none. What is applied already is passed over.
     *
     * @param operations numbers from 0; all that wait when null
     * @throws AppError NOT_FOUND; BAD_USER_INPUT; CONFLICT when something was changed since it was proposed, and for one that was dismissed or undone
     */
    apply: (viewer: Viewer | null, id: string, operations: readonly number[] | null): Promise<Decided> =>
      decide(viewer, id, async (transaction, planner, proposal) => {
        const indexes = chosenOf(proposal, operations);
        return indexes.length === 0 ? null : applyIn(transaction, planner, proposal, indexes);
      }),

    /**
     * Undoes all that was applied of a proposal. One that is undone stays so.
     *
     * @throws AppError NOT_FOUND; CONFLICT when something of it was changed since, and for one of which nothing was applied
     */
    undo: (viewer: Viewer | null, id: string): Promise<Decided> =>
      decide(viewer, id, async (transaction, planner, proposal) => {
        if (proposal.status === 'UNDONE') return null;
        if (proposal.status === 'PENDING' || proposal.status === 'DISMISSED') {
          throw new AppError('CONFLICT', 'Nothing of this proposal was applied, so there is nothing to undo.');
        }
        return undoIn(transaction, planner, proposal);
      }),

    /**
     * Dismisses what waits of a proposal. Dismissing again changes nothing.
     *
     * @throws AppError NOT_FOUND; CONFLICT for one that is applied or undone
     */
    dismiss: async (viewer: Viewer | null, id: string): Promise<ProposalRow> =>
      (
        await decide(viewer, id, async (_transaction, planner, proposal) => {
          const next = dismissed(proposal, planner.now);
          return next === null ? null : { proposal: next, changed: nothing };
        })
      ).proposal,
  };
}
