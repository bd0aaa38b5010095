import { z } from 'zod';
import { callForJson, type AttemptPolicy } from '../calls.ts';
import { ProtocolError, reasonsOf } from '../faults.ts';
import { runJob, type JobApi, type JobState } from '../jobs/job.ts';
import { fetchPicture } from './fetch-picture.ts';
import type { ImageEngine, ImageEnginePart, ImageRequest, ImageSize } from './image-engine.ts';
import { replicateModels } from './image-models.ts';
import { dataUrlOf, jobLimits, streamPictures, type ImageEngineOptions } from './stream-pictures.ts';

const replicateBaseUrl = 'https://api.replicate.com/v1';

const ratios: Readonly<Record<ImageSize, string>> = { SQUARE: '1:1', PORTRAIT: '2:3', LANDSCAPE: '3:2' };

/** https://replicate.com/docs/reference/http#predictions.get */
const prediction = z.object({
  id: z.string().min(1).max(100),
  status: z.enum(['starting', 'processing', 'succeeded', 'failed', 'canceled', 'aborted']),
  output: z.union([z.string(), z.array(z.string())]).nullish(),
  error: z.unknown().optional(),
});

/** Models that make several pictures of one job. */
const isFlux = (model: string): boolean => /flux-(schnell|dev)$/.test(model);

function inputOf({ model, prompt, size, count, references }: ImageRequest): Readonly<Record<string, unknown>> {
  const [reference] = references;
  return {
    prompt,
    aspect_ratio: ratios[size],
    output_format: 'png',
    ...(isFlux(model) ? { num_outputs: count } : {}),
    ...(reference === undefined ? {} : { input_image: dataUrlOf(reference) }),
  };
}

function stateOf(body: unknown): JobState<readonly string[]> {
  const parsed = prediction.safeParse(body);
  if (!parsed.success) throw new ProtocolError('answered something that is no prediction');
  const { status, output, error } = parsed.data;
  switch (status) {
    case 'starting':
      return { state: 'open', status: 'Waiting for a machine' };
    case 'processing':
      return { state: 'open', status: 'Drawing' };
    case 'succeeded':
      return { state: 'done', result: typeof output === 'string' ? [output] : (output ?? []) };
    case 'failed':
    case 'canceled':
    case 'aborted': {
      const message = typeof error === 'string' ? error : `The prediction was ${status}.`;
      return {
        state: 'failed',
        fault: { status: null, reasons: reasonsOf(/nsfw|safety|sensitive/i.test(message) ? 'content_filter' : 'server_error'), message, retryAfterMs: null },
      };
    }
    default:
      return status satisfies never;
  }
}

/**
 * Creates the engine for Replicate, by its HTTP API: its own client waits and asks again in ways that hear no abort. A picture is a prediction, which
 * is asked for until it is done.
 */
export function createReplicateImages(options: ImageEngineOptions): ImageEngine {
  const { id = 'replicate', name = 'Replicate', apiKey, baseUrl, fetch, timers, defaultModel = 'black-forest-labs/flux-schnell' } = options;
  const base = (baseUrl ?? replicateBaseUrl).replace(/\/+$/, '');
  const headers = { authorization: `Bearer ${apiKey ?? ''}`, 'content-type': 'application/json' };
  const limits = jobLimits(timers);
  const call = (path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> =>
    callForJson({ fetch, url: `${base}${path}`, init: { ...init, headers }, limits }, signal);

  const api = (request: ImageRequest): JobApi<readonly string[]> => ({
    submit: async (signal) => {
      const [owner = '', model = ''] = request.model.split('/', 2).map(encodeURIComponent);
      const body = await call(`/models/${owner}/${model}/predictions`, { method: 'POST', body: JSON.stringify({ input: inputOf(request) }) }, signal);
      const parsed = prediction.safeParse(body);
      if (!parsed.success) throw new ProtocolError('answered something that is no prediction');
      return parsed.data.id;
    },
    look: async (job, signal) => stateOf(await call(`/predictions/${encodeURIComponent(job)}`, {}, signal)),
    cancel: async (job, signal) => void (await call(`/predictions/${encodeURIComponent(job)}/cancel`, { method: 'POST' }, signal)),
  });

  async function* make(request: ImageRequest, policy: AttemptPolicy, signal: AbortSignal): AsyncGenerator<ImageEnginePart, void, undefined> {
    for await (const part of runJob(api(request), request.jobId, { ...policy, poll: timers.poll }, signal)) {
      if (part.type !== 'result') {
        yield part;
        continue;
      }
      if (part.result.length === 0) throw new ProtocolError('ended its prediction without a picture');
      for (const address of part.result.slice(0, request.count)) yield { type: 'image', bytes: await fetchPicture(options, address, policy, signal) };
    }
  }

  return {
    id,
    name,
    defaultModel,
    models: replicateModels,
    generate: (request, signal) => streamPictures(options, name, request, signal, (limited, policy) => make(request, policy, limited)),
  };
}
