import type { Pool } from 'pg';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { createFrameStore } from './frame-store.ts';
import { createGroupCommit, type CommitSource } from './group-commit.ts';
import { createReader, type Found } from './reader.ts';
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

const eventRow = z
  .object({ run_id: z.string(), seq: z.number(), created_at: z.date(), data: runEventData })
  .transform((row): RunEvent => ({ runId: row.run_id, seq: row.seq, createdAt: row.created_at, data: row.data }));

/** The run log on PostgreSQL, embedded or server. Other nodes are woken by NOTIFY. */
export function createPostgresRunLog({ pool, clock, logger, nodeId, leaseMs, coalesceMs, pollIntervalMs }: PostgresRunLogOptions): RunLog {
  const wakes = createWakes(pollIntervalMs);
  const tails = new Map<string, Tail>();
  const frames = createFrameStore({ pool, nodeId, leaseMs, channel });

  const storeGroups = async (groups: ReadonlyMap<CommitSource<RunEvent>, readonly RunEvent[]>): Promise<ReadonlySet<CommitSource<RunEvent>>> => {
    const events: RunEvent[] = [];
    const sourceOf = new Map<string, CommitSource<RunEvent>>();
    for (const [source, entries] of groups) {
      for (const entry of entries) events.push(entry);
      if (entries[0] !== undefined) sourceOf.set(entries[0].runId, source);
    }
    const runIds = [...sourceOf.keys()];
    const payloads: string[] = [];
    for (let start = 0; start < runIds.length; start += idsPerNotification) {
      payloads.push([nodeId, ...runIds.slice(start, start + idsPerNotification)].join(','));
    }
    const lost = await frames.store(events, payloads);
    return new Set(lost.flatMap((runId) => sourceOf.get(runId) ?? []));
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

  const endsWith = (entries: readonly RunEvent[]): boolean => {
    const last = entries.at(-1);
    return last !== undefined && isLastEvent(last);
  };

  const fetchStored = async (runId: string, position: number): Promise<Found<RunEvent>> => {
    const entries = await list(runId, position, batchSize);
    if (entries.length > 0) return { entries, ended: endsWith(entries) };
    const { rowCount } = await pool.query(`SELECT 1 FROM runs WHERE id = $1 AND status IN ('RUNNING', 'QUEUED', 'AWAITING_INPUT')`, [runId]);
    if (rowCount === 1) return { entries, ended: false };
    // It ended between the two looks, or it was deleted, or its log was trimmed: in any case nothing more will come.
    const rest = await list(runId, position, batchSize);
    return { entries: rest, ended: rest.length < batchSize };
  };

  const fetch = (runId: string, position: number): Found<RunEvent> | Promise<Found<RunEvent>> => {
    const entries = tails.get(runId)?.after(position) ?? null;
    return entries === null ? fetchStored(runId, position) : { entries, ended: endsWith(entries) };
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
      ),
    wake: (runId) => wakes.wake(runId),
    notified: (payload) => {
      // This node's own readers were woken when the commit came back.
      if (payload.startsWith(nodeId)) return;
      const [, ...runIds] = payload.split(',');
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
