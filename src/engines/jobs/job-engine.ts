import { z } from 'zod';
import type { EngineTimers } from '../../base/engine-config.ts';
import type { RetryPolicy } from '../attempts.ts';
import { failureOf } from '../calls.ts';
import type { Engine, EnginePart, EngineRequest, Model } from '../engine.ts';
import { ProtocolError } from '../faults.ts';
import { toChatCompletion } from '../openai-request.ts';
import { createStreamGuard } from '../stream-guard.ts';
import { runJob, type JobApi, type PollPolicy } from './job.ts';

/** What an engine whose answers are jobs is made of. */
export interface JobEngineOptions {
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  readonly name: string;
  readonly models: readonly string[];
  /** Never shown. */
  readonly apiKey: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timers: EngineTimers & { readonly jobTimeoutMs: number; readonly poll: PollPolicy };
  readonly retry?: RetryPolicy;
}

const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() })).min(1),
  usage: z
    .object({ prompt_tokens: z.number().int().min(0), completion_tokens: z.number().int().min(0) })
    .nullish()
    .catch(null),
});

/** A model of which nothing is known but its name. Jobs have no tools: each call of one would be another job. */
function modelOf(id: string): Model {
  const unknown = { contextWindow: null, inputPrice: null, outputPrice: null, cachedInputPrice: null };
  return { id, name: id, description: 'Answers in a job, and all at once.', hasTools: false, hasVision: false, hasJson: false, ...unknown };
}

/** The question as a server of chat completions is asked it, for one whole answer. */
export function wholeCompletion(request: EngineRequest): Readonly<Record<string, unknown>> {
  const { stream_options: _streamed, ...rest } = toChatCompletion({ ...request, tools: [] }, false);
  return { ...rest, stream: false };
}

/** The parts of a whole answer. @throws ProtocolError for what is none */
function partsOf(output: unknown): readonly EnginePart[] {
  // Some workers put what they would have streamed into a list of one.
  const parsed = completion.safeParse(Array.isArray(output) ? output[0] : output);
  const [choice] = parsed.success ? parsed.data.choices : [];
  if (!parsed.success || choice === undefined) throw new ProtocolError('ended its job without an answer');
  const { usage } = parsed.data;
  const text = choice.message.content ?? '';
  return [
    ...(usage == null
      ? []
      : [
          {
            type: 'usage',
            usage: { inputTokens: usage.prompt_tokens, cachedInputTokens: 0, outputTokens: usage.completion_tokens, reasoningTokens: 0 },
          } as const,
        ]),
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    { type: 'finish', reason: choice.finish_reason === 'length' ? 'LENGTH' : 'STOP' },
  ];
}

/**
 * Creates an engine whose every answer is a job. What is asked beside answers (titles, moods, summaries) it declines, because a job for each would
 * be dear and late.
 *
 * @param apiOf the access to one job of a request
 */
export function createJobEngine(options: JobEngineOptions, apiOf: (request: EngineRequest) => JobApi<unknown>): Engine {
  const { id, name, models, apiKey, timers, retry } = options;

  async function* answer(request: EngineRequest, signal: AbortSignal): AsyncGenerator<EnginePart, void, undefined> {
    const subject = { provider: name, model: request.model, apiKey };
    if (request.task !== 'CHAT' && request.task !== 'AUTO_ANALYZE') {
      const message = `${name} answers in jobs, and is asked for answers alone.`;
      yield { type: 'error', failure: { code: 'ENGINE_BAD_REQUEST', message, isRetryable: false, retryAfterMs: null } };
      return;
    }
    const guard = createStreamGuard(signal);
    guard.limit('total', timers.jobTimeoutMs);
    // A job names its engine: with fallbacks it may be another's.
    const prefix = `${id} `;
    const begun = request.jobId?.startsWith(prefix) === true ? request.jobId.slice(prefix.length) : null;
    try {
      for await (const part of runJob(apiOf(request), begun, { subject, retry, poll: timers.poll }, guard.signal)) {
        if (part.type === 'job') yield { type: 'job', id: `${prefix}${part.id}` };
        if (part.type === 'result') yield* partsOf(part.result);
      }
    } catch (error) {
      if (signal.aborted) return;
      yield { type: 'error', failure: failureOf(guard.signal.aborted ? guard.signal.reason : error, subject) };
    } finally {
      guard.close();
    }
  }

  return {
    id,
    name,
    defaultModel: models[0] ?? '',
    listModels: () => Promise.resolve(models.map(modelOf)),
    stream: (request, signal) => ({ [Symbol.asyncIterator]: () => answer(request, signal) }),
  };
}
