import type { Prisma, Run } from '../../../prisma/generated/client.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { requireAllowance } from '../allowance.ts';
import { checkReferences, checkSendable } from '../attachment/sendable.ts';
import { requireContext } from '../conversation/about.ts';
import { findRole, requirePermission } from '../room/permissions.ts';
import type { RunDependencies } from './deps.ts';
import { endRoundsIn } from './end-round.ts';
import type { Executor } from './executor.ts';
import { firstTurn } from './first-turn.ts';
import { hashOf, saidOptions, type HowToRun } from './options.ts';
import type { RunPlace, RunRequest } from './request.ts';
import { resolveAnswer } from './resolve-answer.ts';
import { checkRunLimit } from './run-limit.ts';
import { startRun } from './start.ts';
import { requestStop } from './stop.ts';

/** Starts runs, each once for its key, and stops them. */
export function createStarting(deps: RunDependencies, executor: Executor) {
  const { prisma, pool, chatsPerUser } = deps;

  /** The run that a key stands for already; null when the key is new. */
  const findRepeated = async ({ userId, idempotencyKey, requestHash }: RunRequest): Promise<Run | null> => {
    if (idempotencyKey === null) return null;
    const run = await prisma.run.findUnique({ where: { userId_idempotencyKey: { userId, idempotencyKey } } });
    if (run === null || run.requestHash === requestHash) return run;
    throw new AppError('IDEMPOTENCY_CONFLICT', `The idempotency key "${idempotencyKey}" was used for another request. Use a new key for a new request.`);
  };

  /** Stops what is under way and what waits, the newest first, so that nothing starts in between. */
  const stopOpenRuns = async (where: Prisma.RunWhereInput): Promise<void> => {
    const open = await prisma.run.findMany({
      where: { ...where, status: { in: ['RUNNING', 'QUEUED', 'AWAITING_INPUT'] } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    for (const run of open) await requestStop(deps, executor, run);
  };

  const startOnce = async (request: RunRequest, busy: 'REJECT' | 'ENQUEUE' | 'INTERRUPT'): Promise<Run> => {
    const repeated = await findRepeated(request);
    if (repeated !== null) {
      // Whoever was removed since sees no run there, not even their own.
      if ((await findRole(prisma, { conversationId: repeated.conversationId, userId: request.userId })) === undefined) throw notFound('Conversation');
      return repeated;
    }
    let isCounted = false;
    try {
      await requireContext(prisma, request.userId, request.context ?? null);
      if (request.image === undefined) await checkSendable(deps, request.userId, request.attachmentIds ?? [], request.model);
      else await checkReferences(pool, request.userId, request.attachmentIds ?? []);
      requireAllowance(await chatsPerUser.consume(request.userId), 'Too many messages in a minute');
      isCounted = true;
      const reservation = await deps.quotas.reservationFor(request);
      if (busy === 'INTERRUPT' && request.conversationId !== null) {
        await requirePermission(prisma, { conversationId: request.conversationId, userId: request.userId }, 'SEND');
        // With what is kept free for those that are stopped, which is the most that they come to: what fits now fits when they have ended.
        await reservation?.look();
        await endRoundsIn(deps, request.conversationId);
        await stopOpenRuns({ conversationId: request.conversationId });
      }
      await checkRunLimit(deps, request.userId);
      const run = await startRun(deps, request, reservation);
      if (run.status === 'RUNNING') executor.launch(run);
      // The run before it may have ended while this one was being written.
      else await executor.startNext(run.conversationId);
      return run;
    } catch (error) {
      // The same key may have come twice at once: the slower one finds its place taken, in one way or another.
      const winner = await findRepeated(request);
      if (winner === null) throw error;
      if (isCounted) await chatsPerUser.giveBack(request.userId);
      return winner;
    }
  };

  const requestOf = async (
    userId: string,
    kind: Run['kind'],
    values: HowToRun,
    conversationId: string | null,
    text: string | null,
    place: RunPlace = { type: 'END' },
  ): Promise<RunRequest> => {
    const { speaker, round } = await firstTurn(deps, { userId, kind, conversationId, text, place });
    return {
      userId,
      kind,
      conversationId,
      text,
      place,
      speaker,
      turn: round === null ? null : { type: 'FIRST', round, said: saidOptions.parse(values) },
      ...(await resolveAnswer(deps, userId, conversationId, values, speaker)),
      idempotencyKey: values.idempotencyKey ?? null,
      requestHash: hashOf(place.type === 'END' ? kind : place.type, values),
      mayWait: (values.ifBusy ?? 'REJECT') !== 'REJECT',
    };
  };

  return { stopOpenRuns, startOnce, requestOf };
}
