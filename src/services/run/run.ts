import { z } from 'zod';
import type { Prisma, Run } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import type { Reader } from '../../base/takeable.ts';
import { parseInput } from '../../base/validate.ts';
import { finishReasonOf, type RunEvent } from '../../events/run-event.ts';
import { attachmentsOfMessage } from '../attachment/of-message.ts';
import { checkReferences, checkSendable } from '../attachment/sendable.ts';
import { requireContext } from '../conversation/about.ts';
import { requireAllowance } from '../allowance.ts';
import { keysetSql } from '../keyset.ts';
import { findVisibleMessage } from '../participation.ts';
import { findRole, requirePermission, requireRole } from '../room/permissions.ts';
import { usageOfRun } from '../usage/run-usage.ts';
import type { RunDependencies } from './deps.ts';
import type { Executor } from './executor.ts';
import {
  autoAnalyzeInput,
  editInput,
  generateImageInput,
  hashOf,
  imageOptions,
  regenerateInput,
  saidOptions,
  sendInput,
  tryInput,
  type AutoAnalyzeInput,
  type EditInput,
  type GenerateImageInput,
  type HowToRun,
  type RegenerateInput,
  type SendInput,
  type TryInput,
} from './options.ts';
import { imageRequestOf } from './image-request.ts';
import { autoAnalyzeQuestion } from './prompts.ts';
import { replayOf } from './replay.ts';
import type { RunPlace, RunRequest } from './request.ts';
import { firstTurn } from './first-turn.ts';
import { resolveAnswer } from './resolve-answer.ts';
import { runColumns } from './row.ts';
import { endRound, endRoundsIn } from './end-round.ts';
import { checkRunLimit } from './run-limit.ts';
import { saidText } from './said-text.ts';
import { startRun } from './start.ts';
import { requestStop } from './stop.ts';

/** Runs: turns of an engine, from their question to their last event. */
export type Runs = ReturnType<typeof createRuns>;

/** Which runs to list. */
export interface RunFilter {
  readonly conversationId?: string | null | undefined;
  readonly status?: Run['status'] | null | undefined;
}

const isParticipant = 'EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = r.conversation_id AND a.user_id = $1)';

/** Where a message is, and what its run was asked to do. */
interface FoundQuestion {
  readonly conversationId: string;
  readonly kind: Run['kind'];
  readonly model: string | null;
  readonly options: Run['options'];
}

/** Whether a run has ended. */
export function hasEnded(run: Pick<Run, 'status'>): boolean {
  return run.status !== 'RUNNING' && run.status !== 'QUEUED' && run.status !== 'AWAITING_INPUT';
}

/** Creates the service. */
export function createRuns(deps: RunDependencies, executor: Executor) {
  const { prisma, pool, runLog, settings, chatsPerUser } = deps;

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Run>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await pool.query<Run>(`SELECT ${runColumns} FROM runs r WHERE r.id = ANY($2::uuid[]) AND ${isParticipant}`, [userId, ids]);
    return new Map(rows.map((run) => [run.id, run]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<Run> => {
    const run = (await byIds(viewer, [id])).get(id);
    if (run === undefined) throw notFound('Run');
    return run;
  };

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

  const send = async (viewer: Viewer | null, input: SendInput): Promise<Run> => {
    const { userId } = requireViewer(viewer);
    const values = parseInput(sendInput, input);
    const { conversationId = null, temporaryForMinutes, context } = values;
    if (conversationId !== null && temporaryForMinutes != null) {
      throw badInput(['input', 'temporaryForMinutes'], '"temporaryForMinutes" is for a new conversation; leave it out where there is a "conversationId".');
    }
    if (conversationId !== null && context != null) {
      throw badInput(['input', 'contextId'], '"contextId" is for a new conversation; say what another one is about with "setConversationContext".');
    }
    const said = await saidText(pool, userId, values);
    const request = await requestOf(userId, 'CHAT', values, conversationId, said);
    return startOnce({ ...request, temporaryForMinutes, context, attachmentIds: [...new Set(values.attachmentIds)] }, values.ifBusy ?? 'REJECT');
  };

  /** Where a message is, and what its run was asked to do. */
  const whereIs = async (userId: string, messageId: string): Promise<FoundQuestion> => {
    const message = await findVisibleMessage(prisma, userId, messageId);
    requireRole(message?.viewerRole, 'SEND', 'Message');
    if (message === null) throw notFound('Message');
    const run = await prisma.run.findFirst({
      where: { OR: [{ answerId: messageId }, { questionId: messageId }] },
      select: { kind: true, model: true, options: true },
    });
    return { conversationId: message.conversationId, kind: run?.kind ?? 'CHAT', model: run?.model ?? null, options: run?.options ?? {} };
  };

  /** @throws AppError FORBIDDEN when the data of a conversation is somebody else's */
  const requireOwnData = async (userId: string, conversationId: string): Promise<void> => {
    const own = await prisma.conversation.count({ where: { id: conversationId, ownerId: userId } });
    if (own > 0) return;
    throw new AppError('FORBIDDEN', 'This answer is an analysis of data that only the OWNER who holds the conversation has; only they can have it made again.');
  };

  /**
   * Follows a run to its end, or to the limit where that comes first.
   *
   * @param options.untilAsked whether a question to a person ends the waiting as well
   */
  const waitForEnd = async (viewer: Viewer | null, run: Run, limitMs: number, options = { untilAsked: false }): Promise<Run> => {
    if (hasEnded(run)) return run;
    const reader = runLog.read(run.id, 0);
    const timer = setTimeout(() => void reader.return?.(), limitMs);
    try {
      for await (const event of reader) if (options.untilAsked && event.data.type === 'InputRequested') break;
    } finally {
      clearTimeout(timer);
    }
    return get(viewer, run.id);
  };

  return {
    byIds,
    get,

    /** Stops everything in conversations that are about to be deleted. Access was checked by whoever deletes. */
    stopAllIn: async (conversationIds: readonly string[]): Promise<void> => stopOpenRuns({ conversationId: { in: [...conversationIds] } }),

    /** Stops what somebody asked for in a conversation in which they may not ask any more. */
    stopAllOfIn: async (userId: string, conversationId: string): Promise<void> => stopOpenRuns({ userId, conversationId }),

    /** Stops everything that somebody started, and everything in conversations of theirs, before they are deleted. */
    stopAllOf: async (userId: string): Promise<void> => stopOpenRuns({ OR: [{ userId }, { conversation: { ownerId: userId } }] }),

    /** Why a run finished; null while it runs and when it failed. */
    finishReasonOf: (run: Pick<Run, 'finishReason'>) => finishReasonOf(run.finishReason),

    /** What a run used; null until the end. */
    usageOf: usageOfRun,

    /** Asks an engine, and returns the run at once. */
    send,

    /** Asks an engine and waits for the whole answer; the run goes on when the limit is reached first, and waits when it asks something itself. */
    ask: async (viewer: Viewer | null, input: SendInput): Promise<Run> =>
      waitForEnd(viewer, await send(viewer, input), settings.askTimeoutMs, { untilAsked: true }),

    /** Tries a template out in a conversation that vanishes after an hour: as a message, or as the instructions above one. */
    tryTemplate: async (viewer: Viewer | null, input: TryInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const { template, question, model, temperature } = parseInput(tryInput, input);
      const how = { temporaryForMinutes: 60, ...(model == null ? {} : { model }), ...(temperature == null ? {} : { temperature }) };
      if (question == null) return send(viewer, { ...how, template });
      return send(viewer, { ...how, text: question, systemPrompt: await saidText(pool, userId, { template }) });
    },

    /** Says a message of one's own in other words: beside it, on a branch of its own, with an answer of its own, and with its attachments unless others are named. */
    edit: async (viewer: Viewer | null, input: EditInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(editInput, input);
      const { messageId, text } = values;
      const { conversationId } = await whereIs(userId, messageId);
      const request = await requestOf(userId, 'CHAT', values, conversationId, text, { type: 'BESIDE', messageId });
      const attachmentIds = [...new Set(values.attachmentIds ?? (await attachmentsOfMessage(pool, userId, messageId)))];
      return startOnce({ ...request, attachmentIds }, values.ifBusy ?? 'REJECT');
    },

    /** Has a question answered anew, beside the answers that it has. */
    regenerate: async (viewer: Viewer | null, input: RegenerateInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(regenerateInput, input);
      const { messageId } = values;
      const { conversationId, kind, ...before } = await whereIs(userId, messageId);
      if (kind === 'AUTO_ANALYZE') await requireOwnData(userId, conversationId);
      const busy = values.ifBusy ?? 'REJECT';
      if (kind === 'IMAGE') {
        const { model = before.model, idempotencyKey = null } = values;
        const image = imageOptions.parse(before.options);
        const how = { model, image, attachmentIds: [], idempotencyKey, ifBusy: busy, input: values };
        const place = { type: 'ANSWER', messageId } as const;
        return startOnce(await imageRequestOf(deps.pictures.imageCalls, { userId, conversationId, prompt: null, place, ...how }), busy);
      }
      return startOnce(await requestOf(userId, kind, values, conversationId, null, { type: 'ANSWER', messageId }), busy);
    },

    /** Has pictures drawn, and returns the run at once. */
    draw: async (viewer: Viewer | null, input: GenerateImageInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(generateImageInput, input);
      const { conversationId = null, prompt, model = null, idempotencyKey = null, ifBusy } = values;
      const image = { size: values.size ?? 'SQUARE', quality: values.quality ?? 'MEDIUM', count: values.count ?? 1 } as const;
      const how = { model, image, attachmentIds: [...new Set(values.attachmentIds)], idempotencyKey, ifBusy: ifBusy ?? 'REJECT', input: values } as const;
      return startOnce(await imageRequestOf(deps.pictures.imageCalls, { userId, conversationId, prompt, place: { type: 'END' }, ...how }), how.ifBusy);
    },

    /** Has the data of a session analysed. */
    autoAnalyze: async (viewer: Viewer | null, input: AutoAnalyzeInput): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const values = parseInput(autoAnalyzeInput, input);
      const session = await prisma.session.findFirst({
        where: { id: values.sessionId, ownerId: userId },
        select: { conversation: { select: { id: true } }, files: { select: { name: true }, orderBy: { createdAt: 'asc' } } },
      });
      if (session === null || session.conversation === null) throw notFound('Session');
      if (session.files.length === 0) throw new AppError('CONFLICT', 'This session has no files yet. Upload one with POST /uploads?sessionId=...');
      const question = autoAnalyzeQuestion(session.files.map((file) => file.name));
      return startOnce(await requestOf(userId, 'AUTO_ANALYZE', values, session.conversation.id, question), values.ifBusy ?? 'REJECT');
    },

    /**
     * Stops a run, with the round that it is a turn of, and waits a moment for its end. Stopping again, or after the end, changes nothing and
     * answers the same.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for a READER, but for what they asked for
     */
    stop: async (viewer: Viewer | null, id: string): Promise<Run> => {
      const { userId } = requireViewer(viewer);
      const run = await get(viewer, id);
      // Whoever asked for it pays for it, whatever they may do here by now.
      if (run.userId !== userId) await requirePermission(prisma, { conversationId: run.conversationId, userId }, 'STOP_RUN', 'Run');
      // Before the run, so that no other turn begins when it ends by itself in this moment.
      if (run.roundId !== null) await endRound(deps, run.roundId, 'STOPPED');
      if (hasEnded(run)) return run;
      await requestStop(deps, executor, run);
      return waitForEnd(viewer, await get(viewer, id), settings.stopWaitMs);
    },

    /** The runs of the viewer's conversations, newest first. */
    list: async (viewer: Viewer | null, filter: RunFilter, page: Page): Promise<readonly Run[]> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'r.created_at', 'r.id', 4);
      const { rows } = await pool.query<Run>(
        `SELECT ${runColumns} FROM runs r WHERE ${isParticipant} AND ($2::uuid IS NULL OR r.conversation_id = $2) AND ($3::text IS NULL OR r.status::text = $3)${keyset.where} ${keyset.limit}`,
        [userId, filter.conversationId ?? null, filter.status ?? null, ...keyset.values],
      );
      return rows;
    },

    /**
     * Follows a run from a position until its last event, or until the viewer takes no part in its conversation any more.
     *
     * @param after the number of the last event that the caller has; 0 for all of them
     * @throws AppError NOT_FOUND; BAD_USER_INPUT when `after` is negative or beyond the newest event
     */
    events: async (viewer: Viewer | null, id: string, after: number): Promise<Reader<RunEvent>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await pool.query<Run & { readonly newest: number | null }>({
        name: 'run-to-follow',
        text: `SELECT ${runColumns}, COALESCE(r.last_seq, (SELECT max(e.seq) FROM run_events e WHERE e.run_id = r.id)) AS newest
               FROM runs r WHERE r.id = $2 AND ${isParticipant}`,
        values: [userId, id],
      });
      const [run] = rows;
      if (run === undefined) throw notFound('Run');
      const newest = run.newest ?? 0;
      parseInput(z.number().int().min(0, 'must be 0 or more').max(newest, `is beyond the newest event, ${newest}`), after, ['after']);
      const reader = run.trimmedAt === null && !(hasEnded(run) && after === run.lastSeq) ? runLog.read(id, after) : replayOf(deps, run, after);
      // What has ended is told before anybody could leave.
      if (!hasEnded(run)) deps.roomSignals.watch(reader, { conversationId: run.conversationId, userId });
      return reader;
    },
  };
}
