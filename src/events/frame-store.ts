import type { Pool } from 'pg';
import { z } from 'zod';
import type { RunEvent } from './run-event.ts';

/** Stores the events of many runs of this node together. */
export interface FrameStore {
  /**
   * Stores events whose runs are leased to this node, and tells the other nodes.
   *
   * @param payloads of the notifications
   * @returns the runs that were taken over, whose events are not stored
   * @throws what the database throws, and when leases had run out that were renewed; the same events may be stored again then
   */
  store(events: readonly RunEvent[], payloads: readonly string[]): Promise<readonly string[]>;
}

const frames = `
  SELECT run_id, seq, timestamptz 'epoch' + created_at * interval '1 millisecond' AS created_at, data::jsonb AS data
  FROM unnest($2::uuid[], $3::int[], $4::bigint[], $5::text[]) AS frame (run_id, seq, created_at, data)`;

/**
 * A frame is stored only while its run is leased to this node. No lock is needed for that: a lease is taken away only some seconds after
 * it ran out (`reapGraceMs` of services/run), which is longer than this statement may take, so no frame can slip in behind the end that
 * the new owner writes.
 *
 * The lease is looked up by the key of each frame's run, in a subquery that gives a value: as a join the planner, who expects a dozen frames,
 * went through all running runs with every frame, 120 ms for 500 of each.
 */
const storeFrames = (channel: string): string => `
  WITH frames AS (${frames}), stored AS (
    INSERT INTO run_events (run_id, seq, created_at, data)
    SELECT frames.run_id, frames.seq, frames.created_at, frames.data
    FROM frames
    WHERE (SELECT runs.lease_owner = $1 AND runs.status = 'RUNNING' AND runs.lease_expires_at > now() FROM runs WHERE runs.id = frames.run_id)
    ON CONFLICT (run_id, seq) DO NOTHING
    RETURNING 1
  ), told AS (
    SELECT pg_notify('${channel}', payload) FROM unnest($6::text[]) AS payload
  )
  SELECT (SELECT count(*)::int FROM stored) AS stored, (SELECT count(*)::int FROM told) AS told`;

/** Should the answer to an earlier attempt have been lost, the identical rows count as stored. The leases of what is missing are renewed, for the next attempt. */
const findMissing = `
  WITH frames AS (${frames}), missing AS (
    SELECT DISTINCT run_id FROM frames
    WHERE NOT EXISTS (SELECT 1 FROM run_events WHERE run_events.run_id = frames.run_id AND run_events.seq = frames.seq AND run_events.data = frames.data)
  ), renewed AS (
    UPDATE runs SET lease_expires_at = now() + $6::int * interval '1 millisecond' FROM missing
    WHERE runs.id = missing.run_id AND runs.lease_owner = $1 AND runs.status = 'RUNNING'
    RETURNING runs.id
  )
  SELECT missing.run_id, renewed.id IS NOT NULL AS is_ours FROM missing LEFT JOIN renewed ON renewed.id = missing.run_id`;

const storedRow = z.object({ stored: z.number() });
const missingRow = z.object({ run_id: z.string(), is_ours: z.boolean() });

/**
 * The columns of events as literals of PostgreSQL's arrays. Written by hand because this is what a token costs most in storing it: pg escapes
 * arrays element by element, in five times the time. A JSON text has no control characters, so quoting it as JSON once more escapes
 * exactly what an array wants escaped, quotes and backslashes.
 */
function columnsOf(events: readonly RunEvent[]): readonly string[] {
  let runIds = '';
  let seqs = '';
  let times = '';
  let data = '';
  let comma = '';
  for (const event of events) {
    runIds += comma + event.runId;
    seqs += comma + event.seq;
    times += comma + event.createdAt.getTime();
    data += comma + JSON.stringify(JSON.stringify(event.data));
    comma = ',';
  }
  return [`{${runIds}}`, `{${seqs}}`, `{${times}}`, `{${data}}`];
}

/**
 * A store of frames on PostgreSQL.
 *
 * @param options.leaseMs for how long a lease is renewed whose run turns out to be still ours
 */
export function createFrameStore(options: { readonly pool: Pool; readonly nodeId: string; readonly leaseMs: number; readonly channel: string }): FrameStore {
  const { pool, nodeId, leaseMs } = options;
  const text = storeFrames(options.channel);
  return {
    async store(events, payloads) {
      const columns = columnsOf(events);
      const { rows } = await pool.query({ name: 'store-run-events', text, values: [nodeId, ...columns, payloads] });
      if (storedRow.parse(rows[0]).stored === events.length) return [];
      const missing = z.array(missingRow).parse((await pool.query({ text: findMissing, values: [nodeId, ...columns, leaseMs] })).rows);
      const renewed = missing.filter((row) => row.is_ours);
      if (renewed.length > 0) throw new Error(`leases of ${renewed.length} runs had run out and were renewed`);
      return missing.map((row) => row.run_id);
    },
  };
}
