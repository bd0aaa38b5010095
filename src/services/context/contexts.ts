import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { ContextConfig } from '../../base/context-config.ts';
import type { Engine, EngineMessage } from '../../engines/engine.ts';
import type { ResolvedModel } from '../../engines/registry.ts';
import { textOf } from '../message-text.ts';
import { createRememberedCosts } from './cost.ts';
import { fitEngine } from './fitted-engine.ts';
import { remembering, type ReadImage } from './images.ts';
import { loadPath } from './path.ts';
import { readContext } from './shown-context.ts';
import type { Summaries } from './summaries.ts';
import { voicesOf } from './voices.ts';
import { inputTokensOf, type FactsOf } from './window.ts';

/** Shows conversations to engines. */
export interface Contexts {
  /**
   * The conversation of a question, and an engine that is shown of it what its model can read.
   *
   * @param questionId the message that is to be answered; its parents are followed upwards
   * @param maxTokens what is kept of the window for the answer
   */
  open(question: OpenedQuestion, resolved: ResolvedModel, maxTokens: number): Promise<RunContext>;
  /** How many tokens a model reads and writes together, or what is assumed of it. */
  windowOf(userId: string, resolved: ResolvedModel): Promise<number>;
  readonly factsOf: FactsOf;
  readonly summaries: Summaries;
}

/** What a run answers. */
export interface OpenedQuestion {
  readonly userId: string;
  readonly conversationId: string;
  readonly questionId: string | null;
  /** The persona that answers; null for the assistant without one. */
  readonly personaId: string | null;
}

/** What a run is told of its conversation. */
export interface RunContext {
  /** All that was read, oldest first, to be given to `engine` with what comes after it. */
  readonly messages: readonly EngineMessage[];
  /** The words of the question, without its files. */
  readonly question: string;
  /** What the conversation began with, as far as it was read. */
  readonly firstQuestion: string;
  /** Whether others speak in it than one person and the one that answers; their messages say whose they are. */
  readonly isShared: boolean;
  readonly engine: Engine;
  /** Whether so much of the window is taken that a summary should be ready soon; known once the engine was asked. */
  isNearlyFull(): boolean;
}

/** What it stands on. */
export interface ContextDependencies {
  readonly pool: Pool;
  readonly readImage: ReadImage;
  readonly summaries: Summaries;
  readonly factsOf: FactsOf;
  readonly settings: ContextConfig;
}

/** Results are shortened before messages are left out, so more is read than fits as it is. */
const bytesPerToken = 32;
/** From which share of the window on a summary is made for later. */
const nearlyFullShare = 0.6;

/** How long it is remembered that a model reads less than was thought. */
const learnedForMs = 3_600_000;

/** How many bytes are read for a window. */
export function bytesOf(settings: ContextConfig, window: number): number {
  return Math.min(settings.maxBytes, window * bytesPerToken);
}

/** Creates it. */
export function createContexts({ pool, readImage, summaries, factsOf, settings }: ContextDependencies): Contexts {
  const costOf = createRememberedCosts();
  const learned = new LRUCache<string, number>({ max: 1_000, ttl: learnedForMs });
  return {
    summaries,
    factsOf,
    windowOf: async (userId, resolved) => (await factsOf(userId, resolved)).contextWindow ?? settings.defaultWindow,
    open: async ({ userId, conversationId, questionId, personaId }, resolved, maxTokens) => {
      const { engine } = resolved;
      // Of one person alone: behind the same name may stand another provider of somebody else.
      const who = `${userId} ${resolved.name}`;
      const facts = await factsOf(userId, resolved);
      const window = facts.contextWindow ?? settings.defaultWindow;
      const bounds = { maxMessages: settings.maxMessages, maxBytes: bytesOf(settings, window) };
      const path = questionId === null ? [] : await loadPath(pool, conversationId, questionId, bounds);
      const context = readContext(path, personaId);
      const inputTokens = Math.min(inputTokensOf(window, maxTokens), learned.get(who) ?? Infinity);
      let isNearlyFull = false;
      const fitted = fitEngine(engine, {
        context,
        inputTokens,
        readImage: facts.hasVision === false ? null : remembering(readImage),
        costOf,
        onTooLong: (fewer) => void learned.set(who, fewer),
        onShown: (shown) => {
          isNearlyFull ||= shown.cutMessageCount > 0 || shown.tokens > inputTokens * nearlyFullShare;
        },
      });
      return {
        messages: context.pieces.flatMap((piece) => piece.messages),
        question: textOf(path.at(-1)?.parts ?? []),
        isShared: voicesOf(path, personaId).isShared,
        firstQuestion: textOf(path.find((message) => message.role === 'USER')?.parts ?? []),
        // The built-in analyst has no model, so it has no window, and it costs nothing to show it everything.
        engine: engine.id === 'builtin' ? engine : fitted,
        isNearlyFull: () => isNearlyFull,
      };
    },
  };
}
