import type { Statements } from '../../stores/statements.ts';
import type { LiveRole } from './grants.ts';

/*
 * What the server of live rooms was told of whoever may be in one. What is to be told is not written down: it is what a pass differs in from who takes part now.
 * So it makes no difference by which way somebody went, whether a server died right after, and how often something is told.
 */

/** Somebody in a live room. */
export interface LivePlace {
  readonly conversationId: string;
  readonly userId: string;
}

/** A pass that is to be told, and that nobody else tells for a while. */
export interface DuePass extends LivePlace {
  /** What the person is now; OUT for nobody. */
  readonly wanted: LiveRole | 'OUT';
  /** Whether the conversation is gone, and its room with it. */
  readonly isGone: boolean;
  /** Whether it was told before, and is told for the last time. */
  readonly isLast: boolean;
  /** How often it was tried, this time counted. */
  readonly attempts: number;
}

/** How many are told in one go, and for how long nobody else tells them. */
const batch = 50;
const claim = `interval '2 minutes'`;
// Servers of live rooms give whoever is in a room new tokens, of ten minutes.
const untilAgain = `GREATEST(p.expires_at, now() + interval '10 minutes') + interval '1 minute'`;

const noteSql = `
  INSERT INTO live_passes AS p (conversation_id, user_id, told, expires_at, next_at) VALUES ($1::uuid, $2::uuid, $3, $4::timestamptz, now())
  ON CONFLICT (conversation_id, user_id) DO UPDATE SET expires_at = GREATEST(p.expires_at, EXCLUDED.expires_at)`;

/** @param which of the passes `p`, in SQL */
const claimOf = (which: string): string => `
  WITH due AS (
    SELECT p.conversation_id, p.user_id, COALESCE(a.role::text, 'OUT') AS wanted, c.id IS NULL AS is_gone, p.told = COALESCE(a.role::text, 'OUT') AS is_last
    FROM live_passes p LEFT JOIN participations a ON a.conversation_id = p.conversation_id AND a.user_id = p.user_id
      LEFT JOIN conversations c ON c.id = p.conversation_id
    WHERE ${which} AND p.next_at <= now() AND (p.told <> COALESCE(a.role::text, 'OUT') OR p.again_at <= now())
    ORDER BY p.next_at LIMIT ${batch} FOR UPDATE OF p SKIP LOCKED
  )
  UPDATE live_passes p SET next_at = now() + ${claim}, attempts = p.attempts + 1 FROM due d WHERE p.conversation_id = d.conversation_id AND p.user_id = d.user_id
  RETURNING p.conversation_id AS "conversationId", p.user_id AS "userId", d.wanted, d.is_gone AS "isGone", d.is_last AS "isLast", p.attempts`;

const claimAll = claimOf('true');
const claimSome = claimOf('p.conversation_id = ANY($1::uuid[])');

const placed = 'p.conversation_id = $1::uuid AND p.user_id = $2::uuid';
const toldSql = `UPDATE live_passes p SET told = $3, again_at = ${untilAgain}, attempts = 0, next_at = now() WHERE ${placed}`;
const doneSql = `UPDATE live_passes p SET told = $3, again_at = NULL, attempts = 0, next_at = now() WHERE ${placed}`;
const forgetSql = `DELETE FROM live_passes p WHERE ${placed}`;
const laterSql = `UPDATE live_passes p SET next_at = now() + $3 * interval '1 millisecond' WHERE ${placed}`;
const doubtSql = `UPDATE live_passes p SET told = 'UNKNOWN', next_at = now() WHERE ${placed} RETURNING p.user_id`;
const strangerSql = `
  INSERT INTO live_passes (conversation_id, user_id, told, expires_at, next_at) SELECT c.id, $2::uuid, 'UNKNOWN', now(), now() FROM conversations c WHERE c.id = $1::uuid
  ON CONFLICT DO NOTHING`;

/** The passes. */
export function createLivePasses(statements: Statements) {
  const at = ({ conversationId, userId }: LivePlace): readonly string[] => [conversationId, userId];
  return {
    /** Notes that somebody gets a token, before they do. What is to be told of them meanwhile is still told. */
    note: async (place: LivePlace, role: LiveRole, expiresAt: Date): Promise<void> => {
      await statements.query(noteSql, [...at(place), role, expiresAt]);
    },

    /** Takes some that are to be told, in these conversations or, for null, in all. */
    claim: async (conversationIds: readonly string[] | null): Promise<readonly DuePass[]> => {
      const claimed = conversationIds === null ? statements.query<DuePass>(claimAll, []) : statements.query<DuePass>(claimSome, [conversationIds]);
      return (await claimed).rows;
    },

    /** Notes that one was told: it is told once more when no older token lets in any more, and whoever is out then is forgotten. */
    told: async (pass: DuePass): Promise<void> => {
      if (!pass.isLast) await statements.query(toldSql, [...at(pass), pass.wanted]);
      else if (pass.wanted === 'OUT') await statements.query(forgetSql, at(pass));
      else await statements.query(doneSql, [...at(pass), pass.wanted]);
    },

    /** Has one tried again after a while. */
    putOff: async (pass: DuePass, waitMs: number): Promise<void> => {
      await statements.query(laterSql, [...at(pass), waitMs]);
    },

    /** Has somebody told of who came in with a token that says something else than is so. */
    doubt: async (place: LivePlace): Promise<void> => {
      const { rows } = await statements.query(doubtSql, at(place));
      // Rooms that are not ours may share the server: without a pass or a conversation it is none of our business.
      if (rows.length === 0) await statements.query(strangerSql, at(place));
    },
  };
}

/** See `createLivePasses`. */
export type LivePasses = ReturnType<typeof createLivePasses>;
