import type { Pool } from 'pg';
import { judgedMessage, type ConversationMood, type JudgedMessage } from '../../base/sentiment.ts';
import { judgedColumns, moodColumns, moodOf, type JudgedRow, type MoodRow } from './mood-sql.ts';

/** A judged message and the mood of its conversation up to and with it. */
export interface SavedJudgement {
  readonly message: JudgedMessage;
  readonly conversation: ConversationMood;
}

/** The messages of a conversation that count for its mood: those that people see, up to a message. `$1` is the message. */
const source = `
  SELECT s.score, s.message_id, m.created_at FROM messages asked
  JOIN sentiments s ON s.conversation_id = asked.conversation_id AND s.message_id <> asked.id
  JOIN messages m ON m.id = s.message_id AND m.is_active AND (m.created_at, m.id) < (asked.created_at, asked.id)
  WHERE asked.id = $1::uuid`;

const ranked = `SELECT score, row_number() OVER (ORDER BY created_at DESC, message_id DESC) - 1 AS age FROM`;

const saveStatement = `
  WITH saved AS (
    INSERT INTO sentiments (message_id, conversation_id, method, model, score, magnitude, label, emotion, created_at)
    SELECT id, conversation_id, $2, $3, $4::float8, $5::float8, $6, $7, $8::timestamptz FROM messages WHERE id = $1::uuid
    ON CONFLICT (message_id) DO UPDATE SET method = EXCLUDED.method, model = EXCLUDED.model, score = EXCLUDED.score, magnitude = EXCLUDED.magnitude,
      label = EXCLUDED.label, emotion = EXCLUDED.emotion, created_at = EXCLUDED.created_at
    RETURNING message_id, score
  )
  SELECT ${moodColumns} FROM (${ranked} (
    ${source} UNION ALL SELECT saved.score, saved.message_id, m.created_at FROM saved JOIN messages m ON m.id = saved.message_id
  ) AS all_messages) AS ranked WHERE EXISTS (SELECT 1 FROM saved)`;

const findStatement = `
  SELECT ${judgedColumns}, mood.* FROM sentiments s CROSS JOIN LATERAL (
    SELECT ${moodColumns} FROM (${ranked} (
      ${source} UNION ALL SELECT s.score, s.message_id, m.created_at FROM messages m WHERE m.id = s.message_id
    ) AS all_messages) AS ranked
  ) AS mood WHERE s.message_id = $1::uuid`;

/**
 * Keeps how a message was judged, in one statement with the mood that its conversation has then. Judged again, the newer judgement stays.
 *
 * @returns null when the message is gone
 */
export async function saveJudgement(pool: Pool, message: JudgedMessage): Promise<SavedJudgement | null> {
  const { messageId, method, model, score, magnitude, label, emotion, createdAt } = message;
  const { rows } = await pool.query<MoodRow>({
    name: 'save-judgement',
    text: saveStatement,
    values: [messageId, method, model, score, magnitude, label, emotion, createdAt],
  });
  const [row] = rows;
  return row === undefined || row.count === 0 ? null : { message, conversation: moodOf(row) };
}

/** How a message was judged, with the mood that its conversation had then; null when it was not. */
export async function findJudgement(pool: Pool, messageId: string): Promise<SavedJudgement | null> {
  const { rows } = await pool.query<JudgedRow & MoodRow>({ name: 'find-judgement', text: findStatement, values: [messageId] });
  const [row] = rows;
  if (row === undefined) return null;
  return { message: judgedMessage.parse(row), conversation: moodOf(row) };
}
