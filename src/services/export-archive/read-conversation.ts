import type { Pool } from 'pg';
import { notFound } from '../../base/errors.ts';
import { isReadable } from '../knowledge/knowledge-row.ts';
import { dateSql } from '../planner/calendar.ts';
import { isOpen } from '../participation.ts';
import type { ConversationHead, DocumentMessage } from './formats.ts';

/** Which messages are exported: the branch that people see, or all of them. */
export type Branches = 'ACTIVE' | 'ALL';

/** Where a message stands in the tree. */
export interface TreePlace {
  readonly id: string;
  readonly parentId: string | null;
  readonly isActive: boolean;
}

/** A conversation while it is exported. */
export interface OpenConversation {
  readonly head: ConversationHead;
  /** The messages that are exported: each after the one that it follows. */
  readonly places: readonly TreePlace[];
  /** The messages with these ids, in their order, a page at a time. */
  messages(ids: readonly string[]): AsyncGenerator<DocumentMessage>;
}

const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A persona, where it is one of the person whose document it is: those of others are theirs. */
const ownPersona = (column: string): string => `(SELECT p.id FROM personas p WHERE p.id = ${column} AND p.owner_id = $2)`;

/** A message may hold a table of a megabyte. */
const messagesPerPage = 50;

const headOf = `
  SELECT c.id, c.title, c.title_source AS "titleSource", c.session_id AS "sessionId",
    g.id AS "goalId", ${dateSql('w.week_start')} AS "weekStart", ${dateSql('d.date')} AS date, c.defaults, c.created_at AS "createdAt",
    c.updated_at AS "updatedAt", c.expires_at AS "expiresAt", c.forked_from_id AS "forkedFromId", c.imported_from AS "importedFrom",
    c.turn_policy AS "turnPolicy", c.max_turns AS "maxTurns", c.moderator_model AS "moderatorModel",
    (SELECT coalesce(json_agg(json_build_object('id', t.persona_id, 'addedAt', ${iso('t.added_at')}) ORDER BY t.added_at, t.persona_id), '[]')
      FROM conversation_personas t WHERE t.conversation_id = c.id AND t.persona_id = ${ownPersona('t.persona_id')}) AS personas,
    (SELECT coalesce(json_agg(json_build_object('id', k.id, 'addedAt', ${iso('t.created_at')}) ORDER BY t.created_at, k.id), '[]')
      FROM conversation_knowledge t JOIN knowledge_bases k ON k.id = t.knowledge_base_id AND ${isReadable('$2')} WHERE t.conversation_id = c.id) AS knowledge,
    a.joined_at AS "joinedAt", a.pinned_at AS "pinnedAt", a.archived_at AS "archivedAt", a.read_at AS "readAt", a.tags
  FROM conversations c JOIN participants a ON a.conversation_id = c.id AND a.user_id = $2 AND ${isOpen}
    LEFT JOIN goals g ON g.id = c.goal_id AND g.owner_id = $2 LEFT JOIN weekly_plans w ON w.id = c.weekly_plan_id AND w.owner_id = $2
    LEFT JOIN daily_plans d ON d.id = c.daily_plan_id AND d.owner_id = $2 WHERE c.id = $1`;

const placesOf = `
  SELECT id, parent_id AS "parentId", is_active AS "isActive" FROM messages
  WHERE conversation_id = $1 AND ($2 OR is_active) ORDER BY depth, created_at, id`;

/** How somebody else wanted to be answered is theirs: their own instructions stand in it. */
const runOf = `
  SELECT json_build_object('id', r.id, 'kind', r.kind, 'status', r.status, 'questionId', r.question_id, 'model', r.model,
    'personaId', ${ownPersona('r.persona_id')},
    'answeredBy', r.answered_by, 'fallbackReason', r.fallback_reason, 'options', CASE WHEN r.user_id = $2 THEN r.options ELSE '{}' END,
    'finishReason', r.finish_reason, 'errorCode', r.error_code, 'errorMessage', r.error_message, 'isRetryable', r.is_retryable,
    'dataUpdated', r.data_updated, 'inputTokens', r.input_tokens, 'outputTokens', r.output_tokens, 'cachedInputTokens', r.cached_input_tokens,
    'reasoningTokens', r.reasoning_tokens, 'costMicros', r.cost_micros::text, 'isUsageEstimated', r.is_usage_estimated, 'lastSeq', r.last_seq,
    'createdAt', ${iso('r.created_at')}, 'startedAt', ${iso('r.started_at')}, 'finishedAt', ${iso('r.finished_at')})
  FROM runs r WHERE r.answer_id = m.id AND r.status IN ('COMPLETED', 'STOPPED', 'FAILED')`;

const versionsOf = `
  SELECT coalesce(json_agg(json_build_object('version', v.version, 'data', v.data, 'instruction', v.instruction, 'createdAt', ${iso('v.created_at')})
    ORDER BY v.version), '[]') FROM plot_versions v WHERE v.part_id = p.id`;

const messagesOf = `
  SELECT m.id, m.parent_id AS "parentId", m.role, coalesce(m.author_id = $2, false) AS "isMine", ${ownPersona('m.persona_id')} AS "personaId", m.persona_name AS "personaName", m.model, m.mode, m.confidence,
    m.is_active AS "isActive", m.created_at AS "createdAt",
    (SELECT coalesce(json_agg(json_build_object('id', p.id, 'kind', p.kind, 'text', p.text, 'data', p.data, 'versions', (${versionsOf}))
      ORDER BY p.position), '[]') FROM parts p WHERE p.message_id = m.id) AS parts,
    (SELECT json_build_object('method', s.method, 'score', s.score, 'magnitude', s.magnitude, 'label', s.label, 'emotion', s.emotion,
      'model', s.model, 'createdAt', ${iso('s.created_at')}) FROM sentiments s WHERE s.message_id = m.id) AS sentiment,
    (SELECT json_build_object('rating', f.rating, 'comment', f.comment, 'createdAt', ${iso('f.created_at')}, 'updatedAt', ${iso('f.updated_at')})
      FROM feedbacks f WHERE f.message_id = m.id AND f.user_id = $2) AS feedback,
    (${runOf}) AS run
  FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place) JOIN messages m ON m.id = wanted.id ORDER BY wanted.place`;

/**
 * Opens a conversation of somebody's to export it: two statements, and one more for every fifty messages.
 *
 * @throws AppError NOT_FOUND
 */
export async function openConversation(pool: Pool, userId: string, id: string, branches: Branches): Promise<OpenConversation> {
  const { rows: heads } = await pool.query<ConversationHead>(headOf, [id, userId]);
  const head = heads[0];
  if (head === undefined) throw notFound('Conversation');
  const { rows: places } = await pool.query<TreePlace>(placesOf, [id, branches === 'ALL']);
  return {
    head,
    places,
    async *messages(ids) {
      for (let start = 0; start < ids.length; start += messagesPerPage) {
        const { rows } = await pool.query<DocumentMessage>(messagesOf, [ids.slice(start, start + messagesPerPage), userId]);
        yield* rows;
      }
    },
  };
}
