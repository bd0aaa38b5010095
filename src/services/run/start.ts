import type { Prisma, Run } from '../../../prisma/generated/client.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { RunEventData } from '../../events/run-event.ts';
import { inTransaction, onPool, type RunDependencies, type RunSql } from './deps.ts';
import type { RunRequest } from './request.ts';
import { writeStart } from './start-statement.ts';

/** What a new run finds in its conversation. */
interface Room {
  readonly sessionId: string | null;
  readonly isBusy: boolean;
  /** The newest message. */
  readonly parentId: string | null;
}

/** Locks the conversation, so that two sends into it come one after the other, and looks around. */
async function enter(transaction: Prisma.TransactionClient, conversationId: string, userId: string): Promise<Room> {
  const locked = await transaction.$queryRaw<{ sessionId: string | null }[]>`
    SELECT c.session_id AS "sessionId" FROM conversations c
    WHERE c.id = ${conversationId}::uuid AND EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = c.id AND a.user_id = ${userId}::uuid)
    FOR UPDATE OF c`;
  const [conversation] = locked;
  if (conversation === undefined) throw notFound('Conversation');
  // A statement of its own: the one that waits for the lock sees what was there before it waited.
  const [seen] = await transaction.$queryRaw<{ isBusy: boolean; parentId: string | null }[]>`
    SELECT EXISTS (SELECT 1 FROM runs WHERE conversation_id = ${conversationId}::uuid AND status IN ('RUNNING', 'QUEUED')) AS "isBusy",
      (SELECT id FROM messages WHERE conversation_id = ${conversationId}::uuid ORDER BY created_at DESC, id DESC LIMIT 1) AS "parentId"`;
  return { sessionId: conversation.sessionId, isBusy: seen?.isBusy ?? false, parentId: seen?.parentId ?? null };
}

/**
 * Writes the question and its run.
 *
 * @returns the run, RUNNING and leased to this node, or QUEUED behind the one that is under way
 * @throws AppError NOT_FOUND, CONVERSATION_BUSY; a unique violation when the idempotency key is taken
 */
export async function startRun(deps: RunDependencies, request: RunRequest): Promise<Run> {
  const { prisma, pool, newId } = deps;
  const { conversationId, userId } = request;
  const write = (runSql: RunSql, id: string, room: Room | null): Promise<Run> =>
    writeStart(runSql, {
      request,
      now: deps.clock.now(),
      conversationId: id,
      isNewConversation: room === null,
      sessionId: room?.sessionId ?? null,
      parentId: room?.parentId ?? null,
      ids: { question: newId(), part: newId(), answer: newId(), run: newId() },
      isRunning: room?.isBusy !== true,
      nodeId: deps.settings.nodeId,
      leaseMs: deps.settings.leaseMs,
      channel: deps.conversationLog.channel,
    });
  // Nobody can be in a conversation that is new, so one statement, which is a transaction by itself, is enough.
  if (conversationId === null) return write(onPool(pool, 'start-run'), newId(), null);
  return prisma.$transaction(async (transaction) => {
    const room = await enter(transaction, conversationId, userId);
    if (room.isBusy && !request.mayWait) {
      throw new AppError(
        'CONVERSATION_BUSY',
        'A run is under way in this conversation. Wait for its end, stop it with "stopRun", or send with ifBusy: ENQUEUE or INTERRUPT.',
      );
    }
    return write(inTransaction(transaction), conversationId, room);
  });
}

/** Puts a run to work: its empty answer, its lease, its first event. The conversation's row must be locked. */
async function begin(
  transaction: Prisma.TransactionClient,
  { clock, newId, conversationLog, settings }: RunDependencies,
  run: Pick<Run, 'id' | 'conversationId' | 'questionId' | 'model'>,
): Promise<Run> {
  const now = clock.now();
  const answerId = newId();
  const started: RunEventData = { type: 'RunStarted', messageId: answerId, model: run.model };
  await transaction.message.create({
    data: { id: answerId, conversationId: run.conversationId, parentId: run.questionId, role: 'ASSISTANT', model: run.model, createdAt: now },
  });
  await transaction.$executeRaw`
    UPDATE runs SET status = 'RUNNING', running_in = conversation_id, answer_id = ${answerId}::uuid, started_at = ${now}, lease_owner = ${settings.nodeId}::uuid,
      lease_expires_at = now() + ${settings.leaseMs} * interval '1 millisecond' WHERE id = ${run.id}::uuid`;
  await transaction.runEvent.create({ data: { runId: run.id, seq: 1, data: started, createdAt: now } });
  await conversationLog.append(
    transaction,
    run.conversationId,
    { type: 'MessageAdded', messageId: answerId },
    { type: 'RunChanged', runId: run.id, status: 'RUNNING' },
  );
  return transaction.run.findUniqueOrThrow({ where: { id: run.id } });
}

/**
 * Takes the next waiting run of a conversation for this node.
 *
 * @returns null when none waits, one is under way, or another node was faster
 */
export async function claimNext(deps: RunDependencies, conversationId: string): Promise<Run | null> {
  // Mostly none waits. One that is written in this moment is claimed by whoever writes it.
  const waiting = await deps.pool.query({
    name: 'waiting-run',
    text: `SELECT 1 FROM runs WHERE conversation_id = $1 AND status = 'QUEUED' LIMIT 1`,
    values: [conversationId],
  });
  if (waiting.rowCount === 0) return null;
  return deps.prisma.$transaction(async (transaction) => {
    const locked = await transaction.$queryRaw<unknown[]>`SELECT 1 FROM conversations WHERE id = ${conversationId}::uuid FOR UPDATE`;
    if (locked.length === 0) return null;
    const open = await transaction.run.findMany({
      where: { conversationId, status: { in: ['RUNNING', 'QUEUED'] } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    const next = open.find((run) => run.status === 'QUEUED');
    if (next === undefined || open.some((run) => run.status === 'RUNNING')) return null;
    // It was asked while another answer was being written; it follows that answer now.
    const answer = await transaction.message.findFirst({
      where: { conversationId, role: 'ASSISTANT' },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      select: { id: true },
    });
    if (next.questionId !== null && answer !== null) await transaction.message.update({ where: { id: next.questionId }, data: { parentId: answer.id } });
    return begin(transaction, deps, next);
  });
}
