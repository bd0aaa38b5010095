import type { Pool } from 'pg';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { ModelCalls } from '../model-calls.ts';
import { requireRole, roleSql, type RoomRole } from '../room/permissions.ts';
import { readChange, readDefaults, type AnswerDefaults, type AnswerDefaultsInput } from './answer-defaults.ts';

/** What people chose for all their answers, and for those of a conversation. */
export type Preferences = ReturnType<typeof createPreferences>;

/** What the service needs. */
export interface PreferenceDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly modelCalls: Pick<ModelCalls, 'nameOf'>;
}

const ofPerson = 'SELECT p.defaults FROM preferences p WHERE p.user_id = $1';

// One statement each, so that two changes at once both count.
const updatePerson = `
  INSERT INTO preferences AS p (user_id, defaults, updated_at) VALUES ($1, $2::jsonb, $4)
  ON CONFLICT (user_id) DO UPDATE SET defaults = (p.defaults || $2::jsonb) - $3::text[], updated_at = $4
  RETURNING p.defaults`;
const updateConversation = `
  UPDATE conversations c SET defaults = (c.defaults || $2::jsonb) - $3::text[]
  WHERE c.id = $1 AND EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = c.id AND a.user_id = $4 AND a.role = 'OWNER')
  RETURNING c.id`;

/** Creates the service. */
export function createPreferences({ pool, clock, modelCalls }: PreferenceDependencies) {
  /** A model that nobody has would fail every answer to come; better to say so now. */
  const checkModels = async (userId: string, { model, fallbacks = [] }: AnswerDefaults): Promise<void> => {
    const named = [
      ...(model === undefined ? [] : [{ path: ['input', 'model'], name: model }]),
      ...fallbacks.map((name, index) => ({ path: ['input', 'fallbacks', index], name })),
    ];
    for (const { path, name } of named) {
      await modelCalls.nameOf(userId, name).catch((error: unknown) => {
        throw error instanceof AppError && error.code === 'ENGINE_UNKNOWN' ? badInput(path, error.message) : error;
      });
    }
  };

  return {
    /** What somebody chose for all their answers; null for everybody but the viewer, whose business it is alone. */
    ofPerson: async (viewer: Viewer | null, userId: string): Promise<AnswerDefaults | null> => {
      if (requireViewer(viewer).userId !== userId) return null;
      const { rows } = await pool.query<{ readonly defaults: unknown }>(ofPerson, [userId]);
      return readDefaults(rows[0]?.defaults ?? {});
    },

    /** Defaults as a conversation keeps them. */
    read: readDefaults,

    /** Changes what the viewer chose: what is absent stays, null removes. */
    update: async (viewer: Viewer | null, input: AnswerDefaultsInput): Promise<AnswerDefaults> => {
      const { userId } = requireViewer(viewer);
      const { set, removed } = readChange(input);
      await checkModels(userId, set);
      const { rows } = await pool.query<{ readonly defaults: unknown }>(updatePerson, [userId, JSON.stringify(set), removed, clock.now()]);
      return readDefaults(rows[0]?.defaults ?? {});
    },

    /**
     * Changes what holds in a conversation, for everybody in it.
     *
     * @returns its id
     * @throws AppError UNAUTHENTICATED; NOT_FOUND; FORBIDDEN for all but its OWNERs; BAD_USER_INPUT
     */
    updateConversation: async (viewer: Viewer | null, conversationId: string, input: AnswerDefaultsInput): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const { set, removed } = readChange(input);
      await checkModels(userId, set);
      const { rowCount } = await pool.query(updateConversation, [conversationId, JSON.stringify(set), removed, userId]);
      if (rowCount === 1) return conversationId;
      const { rows } = await pool.query<{ readonly role: RoomRole }>(roleSql, [conversationId, userId]);
      requireRole(rows[0]?.role, 'CHOOSE_DEFAULTS');
      // It was deleted, or handed over, in this moment.
      throw notFound('Conversation');
    },
  };
}
