import type { Run } from '../../../prisma/generated/client.ts';
import type { ResolvedModel } from '../../engines/registry.ts';
import { inputTokensOf } from '../context/window.ts';
import { contextOf, type ContextColumns, type ContextName } from '../conversation/about.ts';
import { mostPlanningTokens, planningShare } from '../planning-context/planning-context.ts';
import type { Speaker } from '../persona/speakers.ts';
import type { KnowledgeOfRun } from '../knowledge/run-knowledge.ts';
import type { RunDependencies } from './deps.ts';
import { autoAnalyzePrompt, chatPrompt, dataPrompt, voicePrompt } from './prompts.ts';

/** What instructions depend on, of a conversation. */
export interface InstructedRoom extends ContextColumns {
  readonly ownerId: string;
  readonly sessionId: string | null;
}

/** In whose name an engine speaks. */
export interface Voice {
  /** Null for the assistant without a persona. */
  readonly speaker: Pick<Speaker, 'name' | 'handle' | 'description'> | null;
  readonly isShared: boolean;
}

/** Who asks what. */
export interface Instructed {
  readonly userId: string;
  readonly question: string;
  readonly kind: Run['kind'];
  /** What the person gave as instructions; in a plain chat they take the place of ours. */
  readonly systemPrompt: string | null;
  /** In whose name it is answered, and whether others speak as well; absent or null for the assistant of one person. */
  readonly voice?: Voice | null;
  readonly resolved: ResolvedModel;
  /** Null where the conversation draws on no knowledge base. */
  readonly knowledge: Pick<KnowledgeOfRun, 'prompt'> | null;
  readonly maxTokens: number;
}

/** The goal or plan that a run plans with: its owner's alone, whoever else takes part. */
export function plannedContextOf(room: InstructedRoom, userId: string): ContextName | null {
  return room.ownerId === userId && room.sessionId === null ? contextOf(room) : null;
}

/** The data session that a run may work with: that of whoever holds the conversation, and of nobody else who takes part. */
export function sessionOf(room: InstructedRoom, userId: string): string | null {
  return room.ownerId === userId ? room.sessionId : null;
}

/** The instructions above a conversation. */
export async function systemOf(deps: Pick<RunDependencies, 'contexts' | 'dataOf' | 'planning'>, room: InstructedRoom, asked: Instructed): Promise<string> {
  const instructions = await instructionsOf(deps, room, asked);
  return asked.voice == null ? instructions : `${instructions}\n\n${voicePrompt(asked.voice)}`;
}

async function instructionsOf(deps: Pick<RunDependencies, 'contexts' | 'dataOf' | 'planning'>, room: InstructedRoom, asked: Instructed): Promise<string> {
  const { userId, question, kind, systemPrompt, resolved, maxTokens } = asked;
  const known = asked.knowledge === null ? [] : [asked.knowledge.prompt];
  const beside = [...known, ...(systemPrompt === null ? [] : [systemPrompt])];
  const sessionId = sessionOf(room, userId);
  if (sessionId !== null) {
    const data = dataPrompt(await deps.dataOf({ sessionId, userId }, question));
    return [data, ...(kind === 'AUTO_ANALYZE' ? [autoAnalyzePrompt] : []), ...beside].join('\n\n');
  }
  const context = plannedContextOf(room, userId);
  if (context === null) return [systemPrompt ?? chatPrompt, ...known].join('\n\n');
  const window = await deps.contexts.windowOf(userId, resolved);
  const budget = Math.min(mostPlanningTokens, Math.floor(inputTokensOf(window, maxTokens) * planningShare));
  return [await deps.planning.describe({ userId, context }, budget), ...beside].join('\n\n');
}
