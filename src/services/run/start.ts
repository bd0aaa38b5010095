import type { Message, Prisma, Run } from '../../../prisma/generated/client.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { RunEventData } from '../../events/run-event.ts';
import { activate, hideBelow } from '../branch/activate.ts';
import { lockConversation } from '../branch/lock-conversation.ts';
import { aboutWhatIsThere } from '../conversation/about.ts';
import { expiryOf } from '../conversation/temporary.ts';
import type { Reservation } from '../quota/run-quotas.ts';
import { inPreparedTransaction, inTransaction, onPool, type RunDependencies, type RunSql } from './deps.ts';
import { holdConversation } from './hold-conversation.ts';
import { storeMentions } from '../room/mentions.ts';
import { requireRole, type RoomRole } from '../room/permissions.ts';
import type { RunRequest } from './request.ts';
import { writeStart, type RunQuestion, type RunStart } from './start-statement.ts';

/** What a new run finds in its conversation. */
interface Room {
  readonly sessionId: string | null;
  readonly isBusy: boolean;
  /** The last message of the branch that people see; null in an empty conversation. */
  readonly end: Pick<Message, 'id' | 'depth'> | null;
}

/** Locks the conversation, so that two sends into it come one after the other, and looks around. */
async function enter(transaction: Prisma.TransactionClient, conversationId: string, userId: string): Promise<Room> {
  const { sessionId } = await lockConversation(transaction, conversationId);
  // A statement of its own: the one that waits for the lock sees what was there before it waited.
  const [seen] = await transaction.$queryRaw<(Pick<Room, 'isBusy' | 'end'> & { readonly role: RoomRole | null })[]>`
    SELECT (EXISTS (SELECT 1 FROM runs WHERE conversation_id = ${conversationId}::uuid AND status IN ('RUNNING', 'QUEUED', 'AWAITING_INPUT'))
        OR EXISTS (SELECT 1 FROM rounds WHERE conversation_id = ${conversationId}::uuid AND ended_at IS NULL)) AS "isBusy",
      (SELECT json_build_object('id', id, 'depth', depth) FROM messages WHERE conversation_id = ${conversationId}::uuid AND is_active
       ORDER BY depth DESC LIMIT 1) AS "end",
      (SELECT a.role::text FROM participations a WHERE a.conversation_id = ${conversationId}::uuid AND a.user_id = ${userId}::uuid) AS role`;
  requireRole(seen?.role ?? undefined, 'SEND');
  return { sessionId, isBusy: seen?.isBusy ?? false, end: seen?.end ?? null };
}

/**
 * Finds the question of a run, and makes the branch that it is on the one that people see. An answer that waits leaves those that the
 * question has where they are until it begins.
 *
 * @throws AppError NOT_FOUND, CONFLICT
 */
async function placeQuestion(
  transaction: Prisma.TransactionClient,
  { newId, conversationLog }: Pick<RunDependencies, 'newId' | 'conversationLog'>,
  { request, conversationId, end, isRunning }: { request: RunRequest; conversationId: string; end: Room['end']; isRunning: boolean },
): Promise<RunQuestion> {
  const { place, userId } = request;
  if (place.type === 'END') return { id: newId(), isNew: true, parentId: end?.id ?? null, depth: end === null ? 0 : end.depth + 1 };
  const message = await transaction.message.findFirst({ where: { id: place.messageId, conversationId }, include: { parent: true } });
  if (message === null) throw notFound('Message');
  if (place.type === 'BESIDE') {
    if (message.role !== 'USER') throw new AppError('CONFLICT', 'This is an answer; it cannot be edited. Have another one made with "regenerate".');
    if (message.authorId !== userId) throw new AppError('FORBIDDEN', 'Somebody else wrote this message; only its author may edit it.');
    if (message.parentId !== null) await activate(transaction, conversationId, message.parentId);
    await hideBelow(transaction, conversationId, message.depth - 1);
    return { id: newId(), isNew: true, parentId: message.parentId, depth: message.depth };
  }
  // What a persona says may follow what another one said.
  const question = message.role === 'USER' ? message : message.parent;
  if (question === null || (question.role !== 'USER' && message.personaName === null))
    throw new AppError('CONFLICT', 'This message answers no question, so there is nothing to answer anew.');
  await activate(transaction, conversationId, question.id);
  if (isRunning) await hideBelow(transaction, conversationId, question.depth);
  else if (!question.isActive) await conversationLog.append(transaction, conversationId, { type: 'BranchSwitched', messageId: question.id });
  return { id: question.id, isNew: false, parentId: question.parentId, depth: question.depth };
}

/**
 * Writes the question and its run.
 *
 * @param reservation what it keeps free in the quotas; null where nothing is limited
 * @returns the run, RUNNING and leased to this node, or QUEUED behind the one that is under way
 * @throws AppError NOT_FOUND, FORBIDDEN, CONFLICT, CONVERSATION_BUSY, QUOTA_EXCEEDED; a unique violation when the idempotency key is taken
 */
export async function startRun(deps: RunDependencies, request: RunRequest, reservation: Reservation | null): Promise<Run> {
  const { prisma, pool, newId } = deps;
  const { conversationId, userId } = request;
  const now = deps.clock.now();
  const write = (runSql: RunSql, where: Pick<RunStart, 'conversationId' | 'isNewConversation' | 'sessionId' | 'question' | 'isRunning'>): Promise<Run> =>
    writeStart(runSql, {
      ...where,
      request,
      kept: reservation?.kept ?? null,
      now,
      expiresAt: expiryOf(now, request.temporaryForMinutes),
      ids: { part: newId(), answer: newId(), run: newId(), round: newId() },
      attached: (request.attachmentIds ?? []).map((attachmentId, index) => ({ partId: newId(), attachmentId, place: index + 1 })),
      nodeId: deps.settings.nodeId,
      leaseMs: deps.settings.leaseMs,
      channel: deps.conversationLog.channel,
    });
  // Nobody can be in a conversation that is new, so one statement, which is a transaction by itself, is enough.
  if (conversationId === null) {
    const question = { id: newId(), isNew: true, parentId: null, depth: 0 };
    const where = { conversationId: newId(), isNewConversation: true, sessionId: null, question, isRunning: true };
    const { context = null } = request;
    const isPlain = reservation === null && (request.attachmentIds ?? []).length === 0;
    if (isPlain) return aboutWhatIsThere(context, () => write(onPool(pool, 'start-run'), where));
    // One that names attachments is undone when one of them is gone; one that is limited is written while others wait.
    const inOne = () =>
      inPreparedTransaction(pool, async (runSql) => {
        await reservation?.enter(runSql);
        return write(runSql, where);
      });
    return aboutWhatIsThere(context, inOne);
  }
  return prisma.$transaction(async (transaction) => {
    const { isBusy, sessionId, end } = await enter(transaction, conversationId, userId);
    if (isBusy && !request.mayWait) {
      throw new AppError(
        'CONVERSATION_BUSY',
        'A run, or a round of personas, is under way in this conversation. Wait for its end, answer it with "respondToRun" where it asks something, stop it with "stopRun", or send with ifBusy: ENQUEUE or INTERRUPT.',
      );
    }
    await reservation?.enter(inTransaction(transaction));
    const isRunning = !isBusy;
    const question = await placeQuestion(transaction, deps, { request, conversationId, end, isRunning });
    const run = await write(inTransaction(transaction), { conversationId, isNewConversation: false, sessionId, question, isRunning });
    if (question.isNew && request.text !== null) {
      await storeMentions(transaction, { conversationId, messageId: question.id, authorId: userId, text: request.text });
    }
    return run;
  });
}

/** Questions that waited behind this one, none of them answered: they follow its answer now. */
const moveWaiting = `
  WITH RECURSIVE waiting AS (
    SELECT id FROM messages WHERE parent_id = $1::uuid AND role = 'USER'
    UNION ALL SELECT m.id FROM waiting JOIN messages m ON m.parent_id = waiting.id AND m.role = 'USER'
  )
  UPDATE messages SET depth = depth + 1, parent_id = CASE WHEN parent_id = $1::uuid THEN $2::uuid ELSE parent_id END
  WHERE id IN (SELECT id FROM waiting)
    AND NOT EXISTS (SELECT 1 FROM waiting JOIN messages answer ON answer.parent_id = waiting.id AND answer.role <> 'USER')
  RETURNING id`;

/** Gives a question that waited its empty answer, on its branch. */
async function addAnswer(
  transaction: Prisma.TransactionClient,
  run: Pick<Run, 'conversationId' | 'questionId' | 'model' | 'personaId'>,
  answer: { readonly id: string; readonly createdAt: Date },
): Promise<void> {
  const { conversationId, questionId, model, personaId } = run;
  const persona = personaId === null ? null : await transaction.persona.findUnique({ where: { id: personaId }, select: { id: true, name: true } });
  const voice = { personaId: persona?.id ?? null, personaName: persona?.name ?? null };
  const question =
    questionId === null ? null : await transaction.message.findUnique({ where: { id: questionId }, select: { depth: true, isActive: true, parentId: true } });
  const isActive = question === null || question.isActive;
  const depth = question === null ? 0 : question.depth + 1;
  // Hidden until those that it stands in the place of are: a branch has one message at a depth.
  await transaction.message.create({ data: { ...answer, ...voice, conversationId, parentId: questionId, role: 'ASSISTANT', model, depth, isActive: false } });
  const moved = questionId === null ? [] : await transaction.$queryRawUnsafe<{ id: string }[]>(moveWaiting, questionId, answer.id);
  if (!isActive) return;
  await hideBelow(
    transaction,
    conversationId,
    depth - 1,
    moved.map(({ id }) => id),
  );
  await transaction.message.update({ where: { id: answer.id }, data: { isActive: true }, select: { id: true } });
}

/**
 * Puts a run to work: its empty answer, its lease, its first event. The conversation's row must be locked.
 */
export async function begin(
  transaction: Prisma.TransactionClient,
  { clock, newId, conversationLog, settings }: RunDependencies,
  run: Pick<Run, 'id' | 'conversationId' | 'questionId' | 'model' | 'personaId'>,
): Promise<Run> {
  const now = clock.now();
  const answerId = newId();
  const started: RunEventData = { type: 'RunStarted', messageId: answerId, model: run.model };
  await addAnswer(transaction, run, { id: answerId, createdAt: now });
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
  return deps.prisma.$transaction(async (transaction) => {
    if (!(await holdConversation(transaction, { conversationId }))) return null;
    const open = await transaction.run.findMany({
      where: { conversationId, status: { in: ['RUNNING', 'QUEUED', 'AWAITING_INPUT'] } },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    // A round whose next turn is yet to begin goes before whoever asked after it.
    const rounds = await transaction.round.findMany({ where: { conversationId, endedAt: null }, select: { id: true } });
    if (rounds.some(({ id }) => !open.some((run) => run.roundId === id))) return null;
    const next = open.find((run) => run.status === 'QUEUED');
    if (next === undefined || open.some((run) => run.status !== 'QUEUED')) return null;
    return begin(transaction, deps, next);
  });
}
