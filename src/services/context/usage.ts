import { z } from 'zod';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { ContextConfig } from '../../base/context-config.ts';
import { AppError } from '../../base/errors.ts';
import type { Statements } from '../../stores/statements.ts';
import type { ModelCalls } from '../model-calls.ts';
import { planningRules } from '../planning-context/planning-context.ts';
import { chatPrompt, dataPrompt } from '../run/prompts.ts';
import { bytesOf } from './contexts.ts';
import { createRememberedCosts } from './cost.ts';
import { estimateTokens } from './estimate.ts';
import { messageJson, sizeOf } from './path.ts';
import type { Piece, StoredMessage } from './piece.ts';
import { fitContext, readContext } from './shown-context.ts';
import { inputTokensOf, type FactsOf } from './window.ts';

/** What the next message of a conversation would find. */
export interface ContextUsage {
  /** `provider:model` that would answer. */
  readonly model: string;
  /** What would be shown of the conversation, with the instructions. */
  readonly tokens: number;
  /** What question and answer may have together; null for an engine that knows no limit. */
  readonly window: number | null;
  /** Whether the window is what we assume, because nobody tells that of the model. */
  readonly isWindowAssumed: boolean;
  readonly messageCount: number;
  readonly cutMessageCount: number;
  readonly isSummarized: boolean;
}

/** How much of their windows conversations take. */
export type ContextUsages = ReturnType<typeof createContextUsages>;

/** What it stands on. */
export interface ContextUsageDependencies {
  readonly statements: Statements;
  readonly modelCalls: ModelCalls;
  readonly factsOf: FactsOf;
  readonly settings: ContextConfig;
  /** What is kept of the window for the answer. */
  readonly maxTokens: number;
}

/** Of all conversations that are looked at together; one alone is read as its run would read it. */
const mostBytesOfMany = 16 * 1024 * 1024;

/** The visible branches of conversations, each from its newest message back as far as the bounds allow. */
const branches = `
  SELECT v.id, v.session_id AS "sessionId", num_nonnulls(v.goal_id, v.weekly_plan_id, v.daily_plan_id) > 0 AS "isPlanning", v.defaults, COALESCE(branch.messages, '[]') AS messages
  FROM unnest($1::uuid[]) AS c (id) JOIN participations a ON a.conversation_id = c.id AND a.user_id = $2::uuid JOIN conversations v ON v.id = c.id
  CROSS JOIN LATERAL (
    SELECT json_agg(${messageJson('m', 'v.id')} ORDER BY m.depth) AS messages
    FROM (
      SELECT newest.*, sum(newest.size) OVER (ORDER BY newest.depth DESC) - newest.size AS above
      FROM (SELECT m.id, m.role, m.depth, m.author_id, m.persona_id, m.persona_name, ${sizeOf('m')} AS size FROM messages m WHERE m.conversation_id = v.id AND m.is_active ORDER BY m.depth DESC LIMIT $3::int) AS newest
    ) AS m WHERE m.above <= $4::bigint
  ) AS branch`;

interface Branch {
  readonly id: string;
  readonly sessionId: string | null;
  readonly isPlanning: boolean;
  readonly defaults: unknown;
  readonly messages: readonly StoredMessage[];
}

const chosenModel = z.object({ model: z.string().nullish() }).catch({});
const systemTokens = {
  chat: estimateTokens(chatPrompt),
  planning: estimateTokens(planningRules),
  data: estimateTokens(dataPrompt({ tables: [], examples: [] })),
};

/** Creates it. */
export function createContextUsages({ statements, modelCalls, factsOf, settings, maxTokens }: ContextUsageDependencies) {
  const costOf = createRememberedCosts();

  const nameOf = async (userId: string, name: string | null): Promise<string> => {
    try {
      return await modelCalls.nameOf(userId, name);
    } catch (error) {
      // What was chosen for the conversation may be gone by now.
      if (name !== null && error instanceof AppError && error.code === 'ENGINE_UNKNOWN') return modelCalls.nameOf(userId, null);
      throw error;
    }
  };

  const usageOf = async (userId: string, { id, sessionId, isPlanning, defaults, messages }: Branch): Promise<ContextUsage> => {
    const name = await nameOf(userId, chosenModel.parse(defaults).model ?? null);
    const resolved = await modelCalls.engineFor(name, { purpose: 'ANSWER', userId, runId: null, conversationId: id });
    const facts = await factsOf(userId, resolved);
    const isLimited = resolved.engine.id !== 'builtin';
    const window = facts.contextWindow ?? settings.defaultWindow;
    const read = readContext(messages);
    const messageCount = (messages.at(-1)?.depth ?? -1) + 1;
    const next: Piece = { id: null, depth: messageCount, messages: [{ role: 'user', text: '' }], images: [] };
    const about = isPlanning ? systemTokens.planning : systemTokens.chat;
    const fixedTokens = sessionId === null ? about : systemTokens.data;
    const inputTokens = isLimited ? inputTokensOf(window, maxTokens) : Infinity;
    const shown = fitContext({ ...read, pieces: [...read.pieces, next] }, { fixedTokens, inputTokens }, costOf);
    return {
      model: name,
      tokens: shown.tokens,
      window: isLimited ? window : null,
      isWindowAssumed: isLimited && facts.contextWindow === null,
      messageCount,
      cutMessageCount: shown.cutMessageCount,
      isSummarized: shown.note !== null && read.summary !== null,
    };
  };

  return {
    /**
     * What the next message of each conversation would find. Read in one statement, and bounded: many conversations share a limit of bytes,
     * so that the oldest messages of very long ones may count as left out.
     */
    ofConversations: async (viewer: Viewer | null, conversationIds: readonly string[]): Promise<ReadonlyMap<string, ContextUsage>> => {
      const { userId } = requireViewer(viewer);
      const maxBytes = Math.min(bytesOf(settings, Infinity), Math.floor(mostBytesOfMany / conversationIds.length));
      const { rows } = await statements.query<Branch>(branches, [conversationIds, userId, settings.maxMessages, maxBytes]);
      return new Map(await Promise.all(rows.map(async (branch) => [branch.id, await usageOf(userId, branch)] as const)));
    },
  };
}
