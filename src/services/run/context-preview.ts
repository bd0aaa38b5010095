import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { estimateTokens, estimateTools } from '../context/estimate.ts';
import { resolveAnswer } from './resolve-answer.ts';
import type { RunDependencies } from './deps.ts';
import { plannedContextOf, systemOf } from './system.ts';

/** What the engine would be told above the next answer of a conversation. */
export interface ContextPreview {
  /** `provider:model` that would be told it. */
  readonly model: string;
  readonly text: string;
  /** Estimated, of the text and of the tools. */
  readonly tokens: number;
  /** The names of the tools that it would get. */
  readonly tools: readonly string[];
}

/** Shows people what engines are told about them. */
export type ContextPreviews = ReturnType<typeof createContextPreviews>;

/** Creates the service. */
export function createContextPreviews(deps: RunDependencies) {
  return {
    /**
     * What the engine would be told, without the conversation itself.
     *
     * @returns null for everybody but the owner of the conversation, whose plans and data it speaks of
     * @throws AppError NOT_FOUND
     */
    of: async (viewer: Viewer | null, conversationId: string): Promise<ContextPreview | null> => {
      const { userId } = requireViewer(viewer);
      const room = await deps.prisma.conversation.findFirst({
        where: { id: conversationId, participants: { some: { userId } } },
        select: { ownerId: true, sessionId: true, goalId: true, weeklyPlanId: true, dailyPlanId: true },
      });
      if (room === null) throw notFound('Conversation');
      if (room.ownerId !== userId) return null;
      const { model: name, options } = await resolveAnswer(deps, userId, conversationId, {}).catch((error: unknown) => {
        // What was chosen for the conversation may be gone by now.
        if (error instanceof AppError && error.code === 'ENGINE_UNKNOWN') return resolveAnswer(deps, userId, conversationId, { model: null });
        throw error;
      });
      const resolved = await deps.modelCalls.engineFor(name, { purpose: 'ANSWER', userId, runId: null, conversationId });
      const maxTokens = options.maxTokens ?? deps.settings.defaultMaxTokens;
      const systemPrompt = options.systemPrompt ?? null;
      const knowledge = await deps.knowledge.open({ id: null, conversationId, userId, personaId: null, isOfConversation: true }, null);
      const text = await systemOf(deps, room, { userId, question: '', kind: 'CHAT', systemPrompt, resolved, maxTokens, knowledge });
      const dataTools = room.sessionId === null ? [] : deps.toolsOf({ sessionId: room.sessionId, userId, question: '' });
      const contextTools = plannedContextOf(room, userId) === null ? dataTools : deps.planning.toolsOf({ userId, conversationId });
      const tools = [...contextTools, ...(knowledge === null ? [] : [knowledge.tool])];
      const definitions = tools.map((tool) => tool.definition);
      return { model: name, text, tokens: estimateTokens(text) + estimateTools(definitions), tools: definitions.map((tool) => tool.name) };
    },
  };
}
