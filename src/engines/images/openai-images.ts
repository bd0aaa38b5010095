import { toFile } from 'openai';
import { z } from 'zod';
import { jsonOf, readWhole, withAttempts, type AttemptPolicy } from '../calls.ts';
import { ProtocolError, reasonsOf, VendorError } from '../faults.ts';
import { createOpenAiClient, openAiFault } from '../openai-client.ts';
import { readEvents } from '../server-sent-events.ts';
import { createStreamGuard } from '../stream-guard.ts';
import { fetchPicture } from './fetch-picture.ts';
import type { ImageEngine, ImageEnginePart, ImageQuality, ImageRequest, ImageSize } from './image-engine.ts';
import { openAiImageModels } from './image-models.ts';
import { answerLimits, bytesOfBase64, streamPictures, type ImageEngineOptions } from './stream-pictures.ts';

const gptSizes: Readonly<Record<ImageSize, string>> = { SQUARE: '1024x1024', PORTRAIT: '1024x1536', LANDSCAPE: '1536x1024' };
const dallESizes: Readonly<Record<ImageSize, string>> = { SQUARE: '1024x1024', PORTRAIT: '1024x1792', LANDSCAPE: '1792x1024' };
const gptQualities = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const satisfies Readonly<Record<ImageQuality, string>>;

/** How many unfinished states of a picture are shown. */
const previewCount = 2;
/** An event holds a whole picture as text. */
const mostEventCharacters = 48 * 1024 * 1024;

const usageShape = z.object({ input_tokens: z.number().int().min(0), output_tokens: z.number().int().min(0) });
const whole = z.object({
  data: z.array(z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })).min(1),
  usage: usageShape.nullish().catch(null),
});
const streamed = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['image_generation.partial_image', 'image_edit.partial_image']), b64_json: z.string() }),
  z.object({ type: z.enum(['image_generation.completed', 'image_edit.completed']), b64_json: z.string(), usage: usageShape.nullish().catch(null) }),
  z.object({ type: z.literal('error'), error: z.object({ message: z.string().catch(''), type: z.unknown().optional(), code: z.unknown().optional() }) }),
]);

/** Whether a model streams, and is asked in the words of GPT Image. */
const isGptImage = (model: string): boolean => /^(gpt-image|chatgpt-image)/.test(model);

/** A body in JSON; in the words of DALL-E for every other model, which compatible servers speak, too. */
function bodyOf({ model, prompt, size, quality }: ImageRequest): Readonly<Record<string, unknown>> {
  if (isGptImage(model)) {
    return { model, prompt, n: 1, size: gptSizes[size], quality: gptQualities[quality], output_format: 'png', stream: true, partial_images: previewCount };
  }
  const isThree = model === 'dall-e-3';
  return {
    model,
    prompt,
    n: 1,
    size: isThree ? dallESizes[size] : gptSizes[size],
    response_format: 'b64_json',
    ...(isThree ? { quality: quality === 'HIGH' ? 'hd' : 'standard' } : {}),
  };
}

/** The parts of a stream of events, up to the picture itself. */
async function* readStream(response: Response, index: number, idleTimeoutMs: number, signal: AbortSignal): AsyncGenerator<ImageEnginePart, void, undefined> {
  const guard = createStreamGuard(signal);
  const pace = { onWait: () => guard.limit('next token', idleTimeoutMs), onBytes: () => guard.rest() };
  try {
    for await (const { data } of readEvents(response.body, 'SERVER_SENT_EVENTS', pace, guard.signal, mostEventCharacters)) {
      const event = streamed.safeParse(jsonOf(new TextEncoder().encode(data)));
      if (!event.success) continue;
      if (event.data.type === 'error') {
        const { message, type, code } = event.data.error;
        throw new VendorError({ status: null, reasons: reasonsOf(type, code), message, retryAfterMs: null });
      }
      if (event.data.type.endsWith('partial_image')) yield { type: 'preview', index, bytes: bytesOfBase64(event.data.b64_json) };
      else {
        if ('usage' in event.data && event.data.usage != null) yield usageOf(event.data.usage);
        yield { type: 'image', bytes: bytesOfBase64(event.data.b64_json) };
        return;
      }
    }
    throw new ProtocolError('ended its answer without a picture');
  } catch (error) {
    throw guard.signal.aborted ? guard.signal.reason : error;
  } finally {
    guard.close();
  }
}

function usageOf(usage: z.output<typeof usageShape>): ImageEnginePart {
  return { type: 'usage', inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
}

/**
 * Creates the engine for the pictures of OpenAI (GPT Image, DALL-E), and of servers that speak the same API. Each picture is a request of its
 * own, so that the first is there before the last is begun.
 */
export function createOpenAiImages(options: ImageEngineOptions): ImageEngine {
  const { id = 'openai', name = 'OpenAI', apiKey, baseUrl, fetch, timers, defaultModel = 'gpt-image-1', models = openAiImageModels } = options;
  const client = createOpenAiClient({ apiKey, baseUrl, fetch });
  const limits = answerLimits(timers);

  const open = async (request: ImageRequest, signal: AbortSignal): Promise<Response> => {
    const guard = createStreamGuard(signal);
    guard.limit('headers', limits.headersTimeoutMs);
    try {
      const body = bodyOf(request);
      // The form of the SDK for pictures to go by; of both the answer is read here, because its stream hides how it ended.
      if (request.references.length === 0) return await client.post('/images/generations', { body, signal: guard.signal }).asResponse();
      const images = request.references.map(({ bytes, mediaType }, index) =>
        toFile(Uint8Array.from(bytes), `picture${index + 1}.${mediaType.slice('image/'.length)}`, { type: mediaType }),
      );
      const image = await Promise.all(images);
      const { model, prompt, size, quality } = request;
      const edit = isGptImage(model)
        ? { quality: gptQualities[quality], output_format: 'png' as const, partial_images: previewCount, stream: true as const }
        : { response_format: 'b64_json' as const };
      return await client.images.edit({ model, prompt, image, n: 1, size: gptSizes[size], ...edit }, { signal: guard.signal }).asResponse();
    } catch (error) {
      throw guard.signal.aborted ? guard.signal.reason : openAiFault(error, new Date());
    } finally {
      guard.close();
    }
  };

  async function* makeOne(request: ImageRequest, index: number, policy: AttemptPolicy, signal: AbortSignal): AsyncGenerator<ImageEnginePart, void, undefined> {
    const response = await withAttempts(policy, (limited) => open(request, limited), signal);
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) return yield* readStream(response, index, limits.idleTimeoutMs, signal);
    const guard = createStreamGuard(signal);
    try {
      const answer = whole.safeParse(jsonOf(await readWhole(response, guard, limits)));
      const [first] = answer.success ? answer.data.data : [];
      if (!answer.success || first === undefined || (first.b64_json == null && first.url == null)) throw new ProtocolError('answered without a picture');
      if (answer.data.usage != null) yield usageOf(answer.data.usage);
      yield { type: 'image', bytes: first.b64_json == null ? await fetchPicture(options, first.url ?? '', policy, signal) : bytesOfBase64(first.b64_json) };
    } finally {
      guard.close();
    }
  }

  return {
    id,
    name,
    defaultModel,
    models,
    generate: (request, signal) =>
      streamPictures(options, name, request, signal, async function* make(limited, policy) {
        for (let index = 0; index < request.count; index += 1) {
          yield { type: 'status', status: request.count === 1 ? 'Drawing' : `Drawing ${index + 1} of ${request.count}` };
          yield* makeOne(request, index, policy, limited);
        }
      }),
  };
}
