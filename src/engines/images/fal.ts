import { z } from 'zod';
import { callForJson, type AttemptPolicy } from '../calls.ts';
import { ProtocolError, reasonsOf } from '../faults.ts';
import { runJob, type JobApi, type JobState } from '../jobs/job.ts';
import { fetchPicture } from './fetch-picture.ts';
import type { ImageEngine, ImageEnginePart, ImageRequest, ImageSize } from './image-engine.ts';
import { falModels } from './image-models.ts';
import { dataUrlOf, jobLimits, streamPictures, type ImageEngineOptions } from './stream-pictures.ts';

const queueBaseUrl = 'https://queue.fal.run';

const sizes: Readonly<Record<ImageSize, string>> = { SQUARE: 'square_hd', PORTRAIT: 'portrait_4_3', LANDSCAPE: 'landscape_4_3' };
const ratios: Readonly<Record<ImageSize, string>> = { SQUARE: '1:1', PORTRAIT: '3:4', LANDSCAPE: '4:3' };

/** https://docs.fal.ai/model-apis/model-endpoints/queue */
const submitted = z.object({ request_id: z.string().min(1).max(100) });
const standing = z.object({
  status: z.enum(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']),
  queue_position: z.number().int().nullish(),
  error: z.string().nullish().catch(null),
});
const made = z.object({ images: z.array(z.object({ url: z.string() })).catch([]), has_nsfw_concepts: z.array(z.boolean()).nullish().catch(null) });

function inputOf({ prompt, size, count, references }: ImageRequest): Readonly<Record<string, unknown>> {
  const [reference] = references;
  const form = reference === undefined ? { image_size: sizes[size] } : { aspect_ratio: ratios[size], image_url: dataUrlOf(reference) };
  return { prompt, num_images: count, output_format: 'png', ...form };
}

/**
 * Creates the engine for FAL, by the HTTP API of its queue: its own client waits in ways that hear no abort. The addresses of a request are made here
 * and not taken from answers, for the key goes to them.
 */
export function createFalImages(options: ImageEngineOptions): ImageEngine {
  const { id = 'fal', name = 'FAL', apiKey, baseUrl, fetch, timers, defaultModel = 'fal-ai/flux/schnell' } = options;
  const base = (baseUrl ?? queueBaseUrl).replace(/\/+$/, '');
  const headers = { authorization: `Key ${apiKey ?? ''}`, 'content-type': 'application/json' };
  const limits = jobLimits(timers);
  const call = (path: string, init: RequestInit, signal: AbortSignal): Promise<unknown> =>
    callForJson({ fetch, url: `${base}/${path}`, init: { ...init, headers }, limits }, signal);

  const api = (request: ImageRequest): JobApi<readonly string[]> => {
    const path = request.model.split('/').map(encodeURIComponent);
    // Whatever stands behind the name of the app says how it is called, and is no part of the addresses of its queue.
    const jobPath = (job: string): string => `${path.slice(0, 2).join('/')}/requests/${encodeURIComponent(job)}`;

    const resultOf = async (job: string, signal: AbortSignal): Promise<JobState<readonly string[]>> => {
      const parsed = made.safeParse(await call(jobPath(job), {}, signal));
      const { images, has_nsfw_concepts: flagged } = parsed.success ? parsed.data : { images: [], has_nsfw_concepts: null };
      if (flagged?.every(Boolean) === true && flagged.length > 0) {
        return {
          state: 'failed',
          fault: { status: null, reasons: ['content_filter'], message: 'The picture was refused by a safety system.', retryAfterMs: null },
        };
      }
      if (images.length === 0) throw new ProtocolError('ended its request without a picture');
      return { state: 'done', result: images.map(({ url }) => url) };
    };

    return {
      submit: async (signal) => {
        const parsed = submitted.safeParse(await call(path.join('/'), { method: 'POST', body: JSON.stringify(inputOf(request)) }, signal));
        if (!parsed.success) throw new ProtocolError('answered something that is no request of its queue');
        return parsed.data.request_id;
      },
      look: async (job, signal) => {
        const parsed = standing.safeParse(await call(`${jobPath(job)}/status`, {}, signal));
        if (!parsed.success) throw new ProtocolError('answered something that is no status of its queue');
        const { status, queue_position: position, error } = parsed.data;
        if (error != null && error !== '')
          return { state: 'failed', fault: { status: null, reasons: reasonsOf('server_error'), message: error, retryAfterMs: null } };
        if (status === 'COMPLETED') return resultOf(job, signal);
        if (status === 'IN_PROGRESS') return { state: 'open', status: 'Drawing' };
        return { state: 'open', status: position == null ? 'Waiting in the queue' : `Waiting in the queue, ${position} before it` };
      },
      cancel: async (job, signal) => void (await call(`${jobPath(job)}/cancel`, { method: 'PUT' }, signal)),
    };
  };

  async function* make(request: ImageRequest, policy: AttemptPolicy, signal: AbortSignal): AsyncGenerator<ImageEnginePart, void, undefined> {
    for await (const part of runJob(api(request), request.jobId, { ...policy, poll: timers.poll }, signal)) {
      if (part.type !== 'result') yield part;
      else for (const address of part.result.slice(0, request.count)) yield { type: 'image', bytes: await fetchPicture(options, address, policy, signal) };
    }
  }

  return {
    id,
    name,
    defaultModel,
    models: falModels,
    generate: (request, signal) => streamPictures(options, name, request, signal, (limited, policy) => make(request, policy, limited)),
  };
}
