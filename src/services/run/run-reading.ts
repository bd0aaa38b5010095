import { z } from 'zod';
import type { Run } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import type { Reader } from '../../base/takeable.ts';
import { parseInput } from '../../base/validate.ts';
import { finishReasonOf, type RunEvent } from '../../events/run-event.ts';
import { keysetSql } from '../keyset.ts';
import { usageOfRun } from '../usage/run-usage.ts';
import type { RunDependencies } from './deps.ts';
import { replayOf } from './replay.ts';
import { runColumns } from './row.ts';

/** Which runs to list. */
export interface RunFilter {
  readonly conversationId?: string | null | undefined;
  readonly status?: Run['status'] | null | undefined;
}

/** Whether a run has ended. */
export function hasEnded(run: Pick<Run, 'status'>): boolean {
  return run.status !== 'RUNNING' && run.status !== 'QUEUED' && run.status !== 'AWAITING_INPUT';
}

const isParticipant = 'EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = r.conversation_id AND a.user_id = $1)';

/** Reads and follows runs of conversations that the viewer takes part in. */
export function createRunReading(deps: RunDependencies) {
  const { pool, runLog } = deps;

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
    waitForEnd,

    /** Why a run finished; null while it runs and when it failed. */
    finishReasonOf: (run: Pick<Run, 'finishReason'>) => finishReasonOf(run.finishReason),

    /** What a run used; null until the end. */
    usageOf: usageOfRun,

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
