import { z } from 'zod';
import { callForJson } from '../calls.ts';
import type { Engine } from '../engine.ts';
import { ProtocolError, reasonsOf } from '../faults.ts';
import { createJobEngine, wholeCompletion, type JobEngineOptions } from './job-engine.ts';
import type { JobState } from './job.ts';

/** https://docs.runpod.io/serverless/endpoints/operations */
const job = z.object({
  id: z.string().min(1).max(200),
  status: z.enum(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT']),
  output: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** The most bytes of an answer about a job: RunPod allows 20 MB. */
const mostBytes = 20 * 1024 * 1024;

function stateOf(body: unknown): JobState<unknown> {
  const parsed = job.safeParse(body);
  if (!parsed.success) throw new ProtocolError('answered something that is no job');
  const { status, output, error } = parsed.data;
  switch (status) {
    case 'IN_QUEUE':
      return { state: 'open', status: 'Waiting for a machine' };
    case 'IN_PROGRESS':
      return { state: 'open', status: 'Working' };
    case 'COMPLETED':
      return { state: 'done', result: output };
    case 'FAILED':
    case 'CANCELLED':
    case 'TIMED_OUT':
      return {
        state: 'failed',
        fault: { status: null, reasons: reasonsOf('server_error'), message: typeof error === 'string' ? error : `The job is ${status}.`, retryAfterMs: null },
      };
    default:
      return status satisfies never;
  }
}

/**
 * Creates the engine for a serverless endpoint of RunPod with a vLLM worker, by its asynchronous operations: `/run`, `/status/{id}` and
 * `/cancel/{id}`.
 *
 * @param options.baseUrl of the endpoint, `https://api.runpod.ai/v2/<endpoint>`
 */
export function createRunPodEngine({ baseUrl, ...options }: JobEngineOptions & { readonly baseUrl: string }): Engine {
  const { apiKey, fetch, timers } = options;
  const base = baseUrl.replace(/\/+$/, '');
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const limits = { headersTimeoutMs: timers.connectTimeoutMs, idleTimeoutMs: timers.idleTimeoutMs, maxBytes: mostBytes };
  const call = (path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> =>
    callForJson({ fetch, url: `${base}${path}`, init: { ...init, headers }, limits }, signal);
  return createJobEngine(options, (request) => ({
    submit: async (signal) => {
      const input = { openai_route: '/v1/chat/completions', openai_input: wholeCompletion(request) };
      const parsed = job.pick({ id: true }).safeParse(await call('/run', { method: 'POST', body: JSON.stringify({ input }) }, signal));
      if (!parsed.success) throw new ProtocolError('answered something that is no job');
      return parsed.data.id;
    },
    look: async (id, signal) => stateOf(await call(`/status/${encodeURIComponent(id)}`, {}, signal)),
    cancel: async (id, signal) => void (await call(`/cancel/${encodeURIComponent(id)}`, { method: 'POST' }, signal)),
  }));
}
