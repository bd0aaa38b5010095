import type { Round, Run } from '../../../prisma/generated/client.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { requireAllowance } from '../allowance.ts';
import { loadSpeakers, type Speaker } from '../persona/speakers.ts';
import { inTransaction, type RunDependencies } from './deps.ts';
import { endRound } from './end-round.ts';
import { holdConversation } from './hold-conversation.ts';
import { pickSpeaker } from './moderator.ts';
import { saidOptions } from './options.ts';
import type { RunRequest } from './request.ts';
import { resolveAnswer } from './resolve-answer.ts';
import { begin } from './start.ts';
import { writeStart } from './start-statement.ts';

/*
 * A round is durable. That another turn follows stands in its row, and a turn begins in the same transaction that counts it. Whoever ends the
 * run of a turn begins the next one; when its process dies instead, any node finds a round that nobody works at.
 */

/** A turn that was taken. */
type TakenTurn = Pick<Run, 'status' | 'errorCode' | 'answerId' | 'personaId'>;

/** For how long nobody else finds out who is next, beyond what a moderator may take. */
const claimMs = 10_000;

/** Takes a round for this node, for a moment; null when somebody else has it, a turn is under way, or it has ended. */
async function claim({ pool, settings }: RunDependencies, roundId: string): Promise<Round | null> {
  const { rows } = await pool.query<Round>(
    `UPDATE rounds r SET lease_expires_at = now() + $2::int * interval '1 millisecond'
     WHERE r.id = $1::uuid AND r.ended_at IS NULL AND (r.lease_expires_at IS NULL OR r.lease_expires_at < now())
       AND NOT EXISTS (SELECT 1 FROM runs turn WHERE turn.round_id = r.id AND turn.status IN ('RUNNING', 'QUEUED', 'AWAITING_INPUT'))
     RETURNING r.id, r.conversation_id AS "conversationId", r.user_id AS "userId", r.policy, r.max_turns AS "maxTurns", r.turn,
       r.persona_ids AS "personaIds", r.options`,
    [roundId, settings.moderationTimeoutMs + claimMs],
  );
  return rows[0] ?? null;
}

/** Who speaks next, and who after that. */
interface Next {
  readonly speaker: Speaker;
  readonly others: readonly string[];
}

async function nextOf(deps: RunDependencies, round: Round, messageId: string, turns: readonly TakenTurn[], signal: AbortSignal): Promise<Next | null> {
  const { userId, conversationId, policy, personaIds } = round;
  // Nobody, when whoever asked is not in the conversation any more.
  const speakers = await loadSpeakers(deps.pool, userId, conversationId);
  if (policy === 'MODERATED') {
    if (speakers.personas.length === 0) return null;
    const spoken = turns.flatMap(({ personaId }) => personaId ?? []);
    const speaker = await pickSpeaker(deps, { userId, conversationId, messageId, runId: null, speakers, spoken }, signal);
    return speaker === null ? null : { speaker, others: [] };
  }
  // One that was removed since is passed over.
  const place = personaIds.findIndex((id) => speakers.personas.some((persona) => persona.id === id));
  const speaker = speakers.personas.find(({ id }) => id === personaIds[place]);
  return speaker === undefined ? null : { speaker, others: personaIds.slice(place + 1) };
}

/** Writes the next turn and puts it to work. Null when somebody ended the round, or went on with it, in the meantime. */
async function write(deps: RunDependencies, round: Round, messageId: string, next: Next): Promise<Run | null> {
  const { userId, conversationId } = round;
  const turn = round.turn + 1;
  const answer = await resolveAnswer(deps, userId, conversationId, saidOptions.parse(round.options), next.speaker);
  const request: RunRequest = {
    ...answer,
    userId,
    kind: 'CHAT',
    conversationId,
    text: null,
    place: { type: 'ANSWER', messageId },
    speaker: next.speaker,
    turn: { type: 'NEXT', roundId: round.id, turn },
    idempotencyKey: null,
    requestHash: '',
    mayWait: true,
  };
  requireAllowance(await deps.chatsPerUser.consume(userId), 'Too many messages in a minute');
  const reservation = await deps.quotas.reservationFor(request);
  const { newId, settings } = deps;
  return deps.prisma.$transaction(async (transaction) => {
    if (!(await holdConversation(transaction, round))) return null;
    const isBusy = (await transaction.run.count({ where: { conversationId, status: { in: ['RUNNING', 'AWAITING_INPUT'] } } })) > 0;
    if (isBusy) return null;
    const before = await transaction.message.findUnique({ where: { id: messageId }, select: { id: true, depth: true, parentId: true } });
    if (before === null) throw notFound('Message');
    const { count } = await transaction.round.updateMany({
      where: { id: round.id, endedAt: null, turn: round.turn },
      data: { turn, personaIds: [...next.others], leaseExpiresAt: null },
    });
    if (count === 0) return null;
    await reservation?.enter(inTransaction(transaction));
    const run = await writeStart(inTransaction(transaction), {
      request,
      kept: reservation?.kept ?? null,
      now: deps.clock.now(),
      expiresAt: null,
      conversationId,
      isNewConversation: false,
      sessionId: null,
      question: { ...before, isNew: false },
      ids: { part: newId(), answer: newId(), run: newId(), round: newId() },
      attached: [],
      isRunning: false,
      nodeId: settings.nodeId,
      leaseMs: settings.leaseMs,
      channel: deps.conversationLog.channel,
    });
    return begin(transaction, deps, run);
  });
}

/**
 * Begins the next turn of a round on this node, or ends the round: when all have spoken, a person stopped the last turn, or the next one may
 * not begin.
 *
 * @param signal gives it up, for another node to do it
 * @returns the run of the turn, leased to this node; null when there is none to perform here
 * @throws AppError SERVICE_UNAVAILABLE while the database is away; somebody tries again
 */
export async function takeTurn(deps: RunDependencies, roundId: string, signal: AbortSignal): Promise<Run | null> {
  const round = await claim(deps, roundId);
  if (round === null) return null;
  try {
    const turns = await deps.prisma.run.findMany({
      where: { roundId },
      orderBy: { turn: 'asc' },
      select: { status: true, errorCode: true, answerId: true, personaId: true },
    });
    const last = turns.at(-1);
    if (last?.status === 'STOPPED') return await ended(deps, roundId, 'STOPPED');
    // What was said last was deleted.
    if (last === undefined || last.answerId === null) return await ended(deps, roundId, 'FINISHED');
    // What refused this one would refuse the next one.
    if (last.errorCode === 'QUOTA_EXCEEDED') return await ended(deps, roundId, 'FAILED', new AppError('QUOTA_EXCEEDED', ''));
    if (round.turn >= round.maxTurns) return await ended(deps, roundId, round.policy === 'MODERATED' ? 'MAX_TURNS' : 'FINISHED');
    const next = await nextOf(deps, round, last.answerId, turns, signal);
    if (next === null) return await ended(deps, roundId, 'FINISHED');
    return await write(deps, round, last.answerId, next);
  } catch (error) {
    if (signal.aborted) return await release(deps, roundId);
    if (error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE') throw error;
    if (!(error instanceof AppError)) deps.logger.error({ err: error, roundId }, 'the next turn of a round could not begin');
    return ended(deps, roundId, 'FAILED', error instanceof AppError ? error : new AppError('INTERNAL_SERVER_ERROR', ''));
  }
}

/** Lets another node find out who is next, at once. */
async function release({ pool }: RunDependencies, roundId: string): Promise<null> {
  await pool.query('UPDATE rounds SET lease_expires_at = NULL WHERE id = $1', [roundId]);
  return null;
}

async function ended(
  deps: RunDependencies,
  roundId: string,
  reason: 'FINISHED' | 'MAX_TURNS' | 'STOPPED' | 'FAILED',
  error: AppError | null = null,
): Promise<null> {
  await endRound(deps, roundId, reason, error?.code ?? null);
  return null;
}
