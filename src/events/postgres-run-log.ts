import type { Pool } from 'pg';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { createGroupCommit, type CommitSource } from './group-commit.ts';
import { createReader } from './reader.ts';
import { isLastEvent, runEventData, type RunEvent } from './run-event.ts';
import type { RunLog } from './run-log.ts';
import { createRunWriter, type Tail } from './run-writer.ts';
import { createWakes } from './wakes.ts';

/** What the log needs. */
export interface PostgresRunLogOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This process, as it stands in `runs.lease_owner`. */
  readonly nodeId: string;
  /** For how long a lease is renewed whose run turns out to be still ours. */
  readonly leaseMs: number;
  /** The least time between two commits, in milliseconds; text that arrives meanwhile becomes one delta. */
  readonly coalesceMs: number;
  /** After how long a reader looks again without having been woken. */
  readonly pollIntervalMs: number;
}

const channel = 'run_events';
const batchSize = 200;
const tailLength = 256;
const maxPendingCharacters = 1_000_000;
const retryDelayMs = 200;
/** PostgreSQL refuses notifications of 8,000 bytes and more. */
const idsPerNotification = 200;

/**
 * One statement stores the frames of all runs of this node and tells the other nodes.
 *
 * A frame is stored only while its run is leased to this node. No lock is needed for that: a lease is taken away only some seconds after
 * it ran out (`reapGraceMs` of services/run), which is longer than this statement may take, so no frame can slip in behind the end that
 * the new owner writes. Should the answer to an earlier attempt have been lost, the identical rows count as stored.
 */
const storeFrames = `
  WITH frames AS (
    SELECT * FROM unnest($2::uuid[], $3::int[], $4::timestamptz[], $5::text[]) AS frame (run_id, seq, created_at, data)
  ), stored AS (
    INSERT INTO run_events (run_id, seq, created_at, data)
    SELECT frames.run_id, frames.seq, frames.created_at, frames.data::jsonb
    FROM frames JOIN runs ON runs.id = frames.run_id
    WHERE runs.lease_owner = $1 AND runs.status = 'RUNNING' AND runs.lease_expires_at > now()
    ON CONFLICT (run_id, seq) DO UPDATE SET data = run_events.data WHERE run_events.data = excluded.data
    RETURNING run_id
  ), told AS (
    SELECT pg_notify('${channel}', payload) FROM unnest($6::text[]) AS payload
  )
  SELECT run_id, count(*)::int AS stored, (SELECT count(*) FROM told) AS told FROM stored GROUP BY run_id`;

const storedRow = z.object({ run_id: z.string(), stored: z.number() });

const eventRow = z
  .object({ run_id: z.string(), seq: z.number(), created_at: z.date(), data: runEventData })
  .transform((row): RunEvent => ({ runId: row.run_id, seq: row.seq, createdAt: row.created_at, data: row.data }));

/** The run log on PostgreSQL, embedded or server. Other nodes are woken by NOTIFY. */
export function createPostgresRunLog({ pool, clock, logger, nodeId, leaseMs, coalesceMs, pollIntervalMs }: PostgresRunLogOptions): RunLog {
  const wakes = createWakes();
  const tails = new Map<string, Tail>();

  const storeGroups = async (groups: ReadonlyMap<CommitSource<RunEvent>, readonly RunEvent[]>): Promise<ReadonlySet<CommitSource<RunEvent>>> => {
    const events = [...groups.values()].flat();
    const runIds = [...new Set(events.map((event) => event.runId))];
    const payloads: string[] = [];
    for (let start = 0; start < runIds.length; start += idsPerNotification) {
      payloads.push([nodeId, ...runIds.slice(start, start + idsPerNotification)].join(','));
    }
    const { rows } = await pool.query({
      name: 'store-run-events',
      text: storeFrames,
      values: [
        nodeId,
        events.map((event) => event.runId),
        events.map((event) => event.seq),
        events.map((event) => event.createdAt),
        events.map((event) => JSON.stringify(event.data)),
        payloads,
      ],
    });
    const stored = new Map(
      z
        .array(storedRow)
        .parse(rows)
        .map((row) => [row.run_id, row.stored]),
    );
    const incomplete = [...groups].filter(([, entries]) => (stored.get(entries[0]?.runId ?? '') ?? 0) < entries.length);
    if (incomplete.length === 0) return new Set();
    const ours = await stillOurs(incomplete.flatMap(([, entries]) => entries[0]?.runId ?? []));
    if (ours.size > 0) throw new Error(`leases of ${ours.size} runs had run out and were renewed`);
    return new Set(incomplete.map(([source]) => source));
  };

  /** Those of the runs that nobody has taken over; their leases are renewed, for the next attempt. */
  const stillOurs = async (runIds: readonly string[]): Promise<ReadonlySet<string>> => {
    const { rows } = await pool.query(
      `UPDATE runs SET lease_expires_at = now() + $3 * interval '1 millisecond'
       WHERE id = ANY($2::uuid[]) AND lease_owner = $1 AND status = 'RUNNING' RETURNING id`,
      [nodeId, runIds, leaseMs],
    );
    return new Set(rows.map((row) => String(row['id'])));
  };

  const commits = createGroupCommit<RunEvent>({
    store: storeGroups,
    intervalMs: coalesceMs,
    retryDelayMs,
    onFailure: (error) => logger.warn({ err: error }, 'run events could not be stored; trying again'),
  });

  const list = async (runId: string, after: number, limit: number): Promise<readonly RunEvent[]> => {
    const { rows } = await pool.query({
      name: 'list-run-events',
      text: 'SELECT run_id, seq, created_at, data FROM run_events WHERE run_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      values: [runId, after, limit],
    });
    return z.array(eventRow).parse(rows);
  };

  const fetch = async (runId: string, position: number): Promise<{ readonly entries: readonly RunEvent[]; readonly ended: boolean }> => {
    const tail = tails.get(runId)?.after(position) ?? null;
    const entries = tail ?? (await list(runId, position, batchSize));
    const last = entries.at(-1);
    if (last !== undefined) return { entries, ended: isLastEvent(last) };
    if (tail !== null) return { entries, ended: false };
    const { rowCount } = await pool.query(`SELECT 1 FROM runs WHERE id = $1 AND status IN ('RUNNING', 'QUEUED')`, [runId]);
    if (rowCount === 1) return { entries, ended: false };
    // It ended between the two looks, or it was deleted, or its log was trimmed: in any case nothing more will come.
    const rest = await list(runId, position, batchSize);
    return { entries: rest, ended: rest.length < batchSize };
  };

  return {
    channel,
    list,
    openWriter: (runId, lastSeq) => {
      const { writer, tail } = createRunWriter(runId, lastSeq, {
        commits,
        clock,
        maxPendingCharacters,
        tailLength,
        onStored: () => wakes.wake(runId),
        onClose: () => {
          if (tails.get(runId) === tail) tails.delete(runId);
          // Whoever still waits looks into the store, and finds the end or that the run is gone.
          wakes.wake(runId);
        },
      });
      tails.set(runId, tail);
      return writer;
    },
    read: (runId, after) =>
      createReader<RunEvent>(
        {
          fetch: (position) => fetch(runId, position),
          seqOf: (event) => event.seq,
          subscribe: (wake) => wakes.subscribe(runId, wake),
        },
        after,
        pollIntervalMs,
      ),
    wake: (runId) => wakes.wake(runId),
    notified: (payload) => {
      const [from, ...runIds] = payload.split(',');
      // This node's own readers were woken when the commit came back.
      if (from === nodeId) return;
      for (const runId of runIds) {
        // Another node wrote what only this one should write: the run was taken over, and the tail is not the end any more.
        tails.delete(runId);
        wakes.wake(runId);
      }
    },
    wakeAll: () => wakes.wakeAll(),
    close: () => commits.close(),
  };
}
