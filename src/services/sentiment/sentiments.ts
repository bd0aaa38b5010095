import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { judgedMessage, type ConversationMood, type JudgedMessage, type SentimentMethod } from '../../base/sentiment.ts';
import type { Statements } from '../../stores/statements.ts';
import type { ModelCalls } from '../model-calls.ts';
import { judgedColumns, moodColumns, moodOf, type JudgedRow, type MoodRow } from './mood-sql.ts';
import { readTimelines, type Timeline, type TimelineInput } from './timeline.ts';

/** A way to judge messages, as it is listed. */
export interface ListedMethod {
  readonly method: Exclude<SentimentMethod, 'NONE'>;
  readonly name: string;
  readonly description: string;
  /** Null when it can be used, else why it cannot and what helps. */
  readonly unavailableBecause: string | null;
  readonly isDefault: boolean;
}

/** How messages were judged, and the moods of conversations. Everything is limited to conversations that the viewer takes part in. */
export interface Sentiments {
  /** How messages were judged; those that were not are left out. */
  ofMessages(viewer: Viewer | null, messageIds: readonly string[]): Promise<ReadonlyMap<string, JudgedMessage>>;
  /** The moods of conversations as they are now; those without a judged message are left out. */
  moods(viewer: Viewer | null, conversationIds: readonly string[]): Promise<ReadonlyMap<string, ConversationMood>>;
  /**
   * How the moods of conversations went.
   *
   * @throws AppError BAD_USER_INPUT
   */
  timelines(viewer: Viewer | null, conversationIds: readonly string[], input: TimelineInput): Promise<ReadonlyMap<string, Timeline>>;
  /** The four ways to judge, the default first. */
  methods(viewer: Viewer | null): Promise<readonly ListedMethod[]>;
}

/** What the service needs. */
export interface SentimentDependencies {
  readonly statements: Statements;
  readonly modelCalls: Pick<ModelCalls, 'nameOf'>;
  readonly defaultMethod: SentimentMethod;
  readonly hasGoogle: boolean;
}

const isParticipant = 'EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = s.conversation_id AND a.user_id = $2::uuid)';

const moodStatement = `
  SELECT conversation_id AS id, ${moodColumns} FROM (
    SELECT s.conversation_id, s.score, row_number() OVER (PARTITION BY s.conversation_id ORDER BY m.created_at DESC, m.id DESC) - 1 AS age
    FROM sentiments s JOIN messages m ON m.id = s.message_id AND m.is_active WHERE s.conversation_id = ANY($1::uuid[]) AND ${isParticipant}
  ) AS ranked GROUP BY conversation_id`;

const noModel = 'No model is connected: set the key of a provider, for example OPENAI_API_KEY.';

/** Creates the service. */
export function createSentiments({ statements, modelCalls, defaultMethod, hasGoogle }: SentimentDependencies): Sentiments {
  return {
    ofMessages: async (viewer, messageIds) => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<JudgedRow>(
        `SELECT ${judgedColumns} FROM sentiments s WHERE s.message_id = ANY($1::uuid[]) AND ${isParticipant}`,
        [messageIds, userId],
      );
      return new Map(rows.map((row) => judgedMessage.parse(row)).map((judged) => [judged.messageId, judged]));
    },

    moods: async (viewer, conversationIds) => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<MoodRow & { readonly id: string }>(moodStatement, [conversationIds, userId]);
      return new Map(rows.map((row) => [row.id, moodOf(row)]));
    },

    timelines: async (viewer, conversationIds, input) => {
      const { userId } = requireViewer(viewer);
      return readTimelines(statements, userId, conversationIds, input);
    },

    methods: async (viewer) => {
      const { userId } = requireViewer(viewer);
      const hasModel = !(await modelCalls.nameOf(userId, null)).startsWith('builtin:');
      const methods: readonly Omit<ListedMethod, 'isDefault'>[] = [
        {
          method: 'STRUCTURED',
          name: 'With the answer',
          description:
            'The model that answers judges as well, in the same call; the answer streams as ever. Where the model cannot write JSON or has tools to call, LLM_SEPARATE takes its place.',
          unavailableBecause: hasModel ? null : noModel,
        },
        {
          method: 'LLM_SEPARATE',
          name: 'A call of its own',
          description: 'The model that answers is asked a second time, beside the answer, to judge alone.',
          unavailableBecause: hasModel ? null : noModel,
        },
        {
          method: 'NLP_API',
          name: 'Google Cloud Natural Language',
          description: 'What people say is sent to Google, which judges many languages. It tells no emotion.',
          unavailableBecause: hasGoogle ? null : 'No access to Google is configured: set GOOGLE_NLP_API_KEY or GOOGLE_NLP_SERVICE_ACCOUNT.',
        },
        {
          method: 'LOCAL',
          name: 'Rules for English',
          description:
            'Words, phrases, negations, emphasis, emoji and signs of irony, weighed by rules on this server. Needs no key. Other languages are not judged.',
          unavailableBecause: null,
        },
      ];
      return methods
        .map((method) => ({ ...method, isDefault: method.method === defaultMethod }))
        .toSorted((left, right) => Number(right.isDefault) - Number(left.isDefault));
    },
  };
}
