import { setImmediate } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Run } from '../../../prisma/generated/client.ts';
import { abortable, createDeferred } from '../../base/async.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Judgement, SentimentMethod } from '../../base/sentiment.ts';
import type { Engine, EngineRequest } from '../../engines/engine.ts';
import type { RunWriter } from '../../events/run-log.ts';
import type { GoogleJudge } from '../../sentiment/google.ts';
import type { LocalJudge } from '../../sentiment/local/local-judge.ts';
import type { ModelCalls } from '../model-calls.ts';
import { askModel } from './ask-model.ts';
import { findJudgement, saveJudgement, type SavedJudgement } from './save.ts';
import { withMood } from './with-mood.ts';

/** What a run tells about its question. */
export interface RunQuestion {
  readonly run: Run;
  readonly engine: Engine;
  readonly request: EngineRequest;
  /** What the person wrote, without what the files say that came with it. */
  readonly words: string;
  /** What the person chose; null for the configured method. */
  readonly method: SentimentMethod | null;
}

/** The judging of one question beside its answer. */
export interface RunMood {
  /** The engine that answers; it judges as well where the method says so. */
  readonly engine: Engine;
  /** Waits for the judgement, but no longer than `graceMs`. Never throws. */
  settled(): Promise<void>;
  /** Gives up what is still under way. From then on nothing is written. */
  close(): void;
}

/** Judges the questions of runs. */
export interface RunMoods {
  /**
   * Begins to judge, and says so with `SentimentReady` when it is done. What goes wrong is logged once and no failure of the run.
   *
   * @param signal ends it
   */
  begin(question: RunQuestion, writer: Pick<RunWriter, 'append'>, signal: AbortSignal): Promise<RunMood>;
}

/** What judging needs. */
export interface RunMoodDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly modelCalls: ModelCalls;
  readonly local: LocalJudge;
  /** Null without access to it. */
  readonly google: GoogleJudge | null;
  readonly settings: {
    readonly method: SentimentMethod;
    /** How long judging may take, from the start of the run. */
    readonly timeoutMs: number;
    /** How long the end of a run whose answer is complete waits for the judgement. */
    readonly graceMs: number;
  };
}

type Judge = () => Promise<{ readonly judgement: Judgement | null; readonly model: string | null; readonly method: Exclude<SentimentMethod, 'NONE'> }>;

/** How long a provider may take to say whether a model can be held to JSON, before it counts as one that cannot. */
const listTimeoutMs = 1_000;

async function hasJson(engine: Engine, model: string, signal: AbortSignal): Promise<boolean> {
  try {
    const models = await abortable(engine.listModels(), AbortSignal.any([signal, AbortSignal.timeout(listTimeoutMs)]));
    return models.some(({ id, hasJson: canJson }) => id === model && canJson);
  } catch {
    return false;
  }
}

/** A mood that nobody judges. */
function noMood(engine: Engine): RunMood {
  return { engine, settled: async () => {}, close: () => {} };
}

/** Creates the judging of runs. */
export function createRunMoods(deps: RunMoodDependencies): RunMoods {
  const { pool, clock, logger, modelCalls, local, google, settings } = deps;

  /** The method that can be had: what the chosen one lacks, another makes up for. */
  const methodFor = async ({ engine, request, method }: RunQuestion, signal: AbortSignal): Promise<SentimentMethod> => {
    const chosen = method ?? settings.method;
    // The built-in analyst has no model that could judge.
    if ((chosen === 'STRUCTURED' || chosen === 'LLM_SEPARATE') && engine.id === 'builtin') return 'LOCAL';
    if (chosen === 'NLP_API' && google === null) return 'LOCAL';
    // Beside JSON models do not call tools, or only some do.
    if (chosen === 'STRUCTURED' && (request.tools.length > 0 || !(await hasJson(engine, request.model, signal)))) return 'LLM_SEPARATE';
    return chosen;
  };

  return {
    begin: async (question, writer, signal) => {
      const { run, engine, words: text } = question;
      const messageId = run.questionId;
      // What `autoAnalyze` asks are our words, not those of a person.
      if (messageId === null || run.kind !== 'CHAT') return noMood(engine);
      const closing = new AbortController();
      const all = AbortSignal.any([signal, closing.signal, AbortSignal.timeout(settings.timeoutMs)]);
      const method = await methodFor(question, signal);
      if (method === 'NONE') return noMood(engine);

      const fromAnswer = createDeferred<Judgement | null>();
      const judges: Readonly<Record<Exclude<SentimentMethod, 'NONE'>, Judge>> = {
        LOCAL: async () => {
          // A long text takes some milliseconds of the processor: the engine is asked before.
          await setImmediate();
          return { judgement: local(text), model: null, method: 'LOCAL' };
        },
        NLP_API: async () => ({ judgement: google === null ? null : await google(text, all), model: null, method: 'NLP_API' }),
        LLM_SEPARATE: async () => {
          const call = { purpose: 'SENTIMENT', userId: run.userId, runId: run.id, conversationId: run.conversationId } as const;
          const { engine: judge, model, name } = await modelCalls.engineFor(run.model, call);
          return { judgement: await askModel(judge, model, text, all), model: name, method: 'LLM_SEPARATE' };
        },
        STRUCTURED: async () => ({ judgement: await fromAnswer.promise, model: run.model, method: 'STRUCTURED' }),
      };
      const judgeAndSave = async (): Promise<SavedJudgement | null> => {
        // Answered again, the question has been judged already; a call of somebody else is not made twice for it.
        const known = method === 'NLP_API' || method === 'LLM_SEPARATE' ? await findJudgement(pool, messageId) : null;
        if (known?.message.method === method) return known;
        const judged = await judges[method]();
        if (judged.judgement === null) return null;
        return saveJudgement(pool, { messageId, method: judged.method, model: judged.model, ...judged.judgement, createdAt: clock.now() });
      };
      // The time of STRUCTURED is that of the answer.
      const limit = method === 'STRUCTURED' ? AbortSignal.any([signal, closing.signal]) : all;
      const done = abortable(judgeAndSave(), limit).then(
        (saved) => {
          if (saved !== null && !closing.signal.aborted && !signal.aborted) writer.append({ type: 'SentimentReady', ...saved });
        },
        (error: unknown) => {
          if (!closing.signal.aborted && !signal.aborted) logger.warn({ err: error, runId: run.id, method }, 'a message could not be judged');
        },
      );
      return {
        engine: method === 'STRUCTURED' ? withMood(engine, fromAnswer.resolve) : engine,
        settled: async () => {
          const grace = AbortSignal.timeout(settings.graceMs);
          await abortable(done, AbortSignal.any([signal, grace])).catch(() => {
            if (!signal.aborted) logger.warn({ runId: run.id, method }, 'a run ended before its question was judged');
          });
        },
        close: () => closing.abort(),
      };
    },
  };
}
