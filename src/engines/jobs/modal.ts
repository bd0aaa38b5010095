import { z } from 'zod';
import { callForJson, jsonOf, readWhole, sendRequest } from '../calls.ts';
import type { Engine } from '../engine.ts';
import { ProtocolError } from '../faults.ts';
import { createStreamGuard } from '../stream-guard.ts';
import { createJobEngine, wholeCompletion, type JobEngineOptions } from './job-engine.ts';

/** Where an app of Modal takes jobs. */
export interface ModalEndpoints {
  readonly submitUrl: string;
  /** The id of the call is put behind it. */
  readonly resultUrl: string;
  /** The same for cancelling; null where there is none. */
  readonly cancelUrl: string | null;
  /** Of a proxy token; null for an endpoint that is open. */
  readonly key: string | null;
  readonly secret: string | null;
}

const submitted = z.object({ call_id: z.string().min(1).max(200) });
const mostBytes = 20 * 1024 * 1024;
/** What the result endpoint answers while there is none. */
const stillWorking = 202;

/**
 * Creates the engine for an app of Modal that takes jobs as its documentation shows (https://modal.com/docs/guide/webhook-timeouts#polling-solutions): an
 * endpoint that spawns a call and answers `{ "call_id" }`, and one that answers 202 until the result is there, and then the result.
 */
export function createModalEngine({ submitUrl, resultUrl, cancelUrl, key, secret, ...options }: JobEngineOptions & ModalEndpoints): Engine {
  const { fetch, timers } = options;
  const token = key === null || secret === null ? {} : { 'modal-key': key, 'modal-secret': secret };
  const headers = { ...token, 'content-type': 'application/json' };
  const limits = { headersTimeoutMs: timers.connectTimeoutMs, idleTimeoutMs: timers.idleTimeoutMs, maxBytes: mostBytes };
  const behind = (url: string, id: string): string => `${url.replace(/\/+$/, '')}/${encodeURIComponent(id)}`;
  return createJobEngine(options, (request) => ({
    submit: async (signal) => {
      const init = { method: 'POST', headers, body: JSON.stringify(wholeCompletion(request)) };
      const parsed = submitted.safeParse(await callForJson({ fetch, url: submitUrl, init, limits }, signal));
      if (!parsed.success) throw new ProtocolError('answered something that is no call');
      return parsed.data.call_id;
    },
    look: async (id, signal) => {
      const guard = createStreamGuard(signal);
      try {
        const response = await sendRequest(fetch, behind(resultUrl, id), { headers }, guard, limits.headersTimeoutMs);
        const body = await readWhole(response, guard, limits);
        return response.status === stillWorking ? { state: 'open', status: 'Working' } : { state: 'done', result: jsonOf(body) };
      } finally {
        guard.close();
      }
    },
    cancel:
      cancelUrl === null
        ? null
        : async (id, signal) => void (await callForJson({ fetch, url: behind(cancelUrl, id), init: { method: 'POST', headers }, limits }, signal)),
  }));
}
