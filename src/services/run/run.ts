import { z } from 'zod';
import type { Prisma, Run } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import type { Reader } from '../../base/takeable.ts';
import { parseInput } from '../../base/validate.ts';
import { finishReasonOf, type RunEvent } from '../../events/run-event.ts';
import { requireAllowance } from '../allowance.ts';
import { keysetSql } from '../keyset.ts';
import type { RunDependencies } from './deps.ts';
import type { Executor } from './executor.ts';
import { autoAnalyzeInput, hashOf, modelName, runOptions, sendInput, type AutoAnalyzeInput, type HowToRun, type SendInput } from './options.ts';
import { autoAnalyzeQuestion } from './prompts.ts';
import { replayOf } from './replay.ts';
import type { RunRequest } from './request.ts';
import { runColumns } from './row.ts';
import { startRun } from './start.ts';
import { requestStop } from './stop.ts';

/** Runs: turns of an engine, from their question to their last event. */
export type Runs = ReturnType<typeof createRuns>;

/** Which runs to list. */
export interface RunFilter {
  readonly conversationId?: string | null | undefined;
  readonly status?: Run['status'] | null | undefined;
}

const isParticipant = 'EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = r.conversation_id AND a.user_id = $1)';

/** Whether a run has ended. */
export function hasEnded(run: Pick<Run, 'status'>): boolean {
  return run.status !== 'RUNNING' && run.status !== 'QUEUED';
}

/** Creates the service. */
export function createRuns(deps: RunDependencies, executor: Executor) {
  const { prisma, pool, registry, runLog, settings, chatsPerUser } = deps;

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

  const checkRunLimit = async (userId: string): Promise<void> => {
    const { rows } = await pool.query<{ count: number }>({
      name: 'open-runs-of-user',
      text: `SELECT count(*)::int AS count FROM runs WHERE user_id = $1 AND status IN ('RUNNING', 'QUEUED')`,
      values: [userId],
    });
    const running = rows[0]?.count ?? 0;
    if (running >= settings.maxRunningRunsPerUser) {
      throw new AppError(
        'RATE_LIMITED',
        `You have ${running} runs under way; at most ${settings.maxRunningRunsPerUser} are allowed. Wait for one to end, or stop one.`,
        { retryAfterMs: 1_000 },
      );
    }
  };

  /** Stops what is under way and what waits, the newest first, so that nothing starts in between. */
  const stopOpenRuns = async (where: Prisma.RunWhereInput): Promise<void> => {
    const open = await prisma.run.findMany({ where: { ...where, status: { in: ['RUNNING', 'QUEUED'] } }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
    for (const run of open) await requestStop(deps, executor, run);
  };

  const startOnce = async (request: RunRequest, busy: 'REJECT' | 'ENQUEUE' | 'INTERRUPT'): Promise<Run> => {
    const repeated = await findRepeated(request);
    if (repeated !== null) return repeated;
    let isCounted = false;
    try {
      requireAllowance(await chatsPerUser.consume(request.userId), 'Too many messages in a minute');
      isCounted = true;
      if (busy === 'INTERRUPT' && request.conversationId !== null) {
        await stopOpenRuns({ conversationId: request.conversationId, conversation: { participants: { some: { userId: request.userId } } } });
      }
      await checkRunLimit(request.userId);
      const run = await startRun(deps, request);
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

  const requestOf = (userId: string, kind: Run['kind'], values: HowToRun, conversationId: string | null, text: string): RunRequest => ({
    userId,
    kind,
    conversationId,
    text,
    model: registry.resolve(modelName(values)).name,
    options: runOptions.parse(values),
    idempotencyKey: values.idempotencyKey ?? null,
    requestHash: hashOf(kind, values),
    mayWait: (values.ifBusy ?? 'REJECT') !== 'REJECT',
  });

  const send = async (viewer: Viewer | null, input: SendInput): Promise<Run> => {
    const { userId } = requireViewer(viewer);
    const values = parseInput(sendInput, input);
    return startOnce(requestOf(userId, 'CHAT', values, values.conversationId ?? null, values.text), values.ifBusy ?? 'REJECT');
  };

  /** Follows a run to its end or to the limit, whichever comes first. */
  const waitForEnd = async (viewer: Viewer | null, run: Run, limitMs: number): Promise<Run> => {
    if (hasEnded(run)) return run;
    const reader = runLog.read(run.id, 0);
    const timer = setTimeout(() => void reader.return?.(), limitMs);
    try {
      for await (const _event of reader);
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

    /** Stops everything that somebody started, and everything in conversations of theirs, before they are deleted. */
    stopAllOf: async (userId: string): Promise<void> => stopOpenRuns({ OR: [{ userId }, { conversation: { ownerId: userId } }] }),

    /** Why a run finished; null while it runs and when it failed. */
    finishReasonOf: (run: Pick<Run, 'finishReason'>) => finishReasonOf(run.finishReason),

    /** Asks an engine, and returns the run at once. */
    send,

    /** Asks an engine and waits for the whole answer; the run goes on when the limit is reached first. */
    ask: async (viewer: Viewer | null, input: SendInput): Promise<Run> => waitForEnd(viewer, await send(viewer, input), settings.askTimeoutMs),

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
      return startOnce(requestOf(userId, 'AUTO_ANALYZE', values, session.conversation.id, question), values.ifBusy ?? 'REJECT');
    },

    /** Stops a run and waits a moment for its end. Stopping again, or after the end, changes nothing and answers the same. */
    stop: async (viewer: Viewer | null, id: string): Promise<Run> => {
      const run = await get(viewer, id);
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
     * Follows a run from a position until its last event.
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
      return run.trimmedAt === null && !(hasEnded(run) && after === run.lastSeq) ? runLog.read(id, after) : replayOf(deps, run, after);
    },
  };
}
