import { GoogleGenAI } from '@google/genai';
import { z } from 'zod';
import { beginningOf, sendCaptured } from '../captured-request.ts';
import { jsonOf, readWhole, withAttempts } from '../calls.ts';
import { ProtocolError, retryAfterMsOf, VendorError } from '../faults.ts';
import { geminiFault } from '../gemini-fault.ts';
import { createStreamGuard } from '../stream-guard.ts';
import type { ImageEngine, ImageEnginePart, ImageRequest, ImageSize } from './image-engine.ts';
import { geminiImageModels } from './image-models.ts';
import { answerLimits, bytesOfBase64, streamPictures, type ImageEngineOptions } from './stream-pictures.ts';

/** Google's own address, without the version. Always given to the SDK, which else looks into the environment. */
const googleBaseUrl = 'https://generativelanguage.googleapis.com';
const apiVersion = 'v1beta';

const ratios: Readonly<Record<ImageSize, string>> = { SQUARE: '1:1', PORTRAIT: '3:4', LANDSCAPE: '4:3' };

const content = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(z.object({ inlineData: z.object({ data: z.string() }).optional() })).catch([]) }).optional(),
        finishReason: z.string().optional(),
      }),
    )
    .catch([]),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z.object({ promptTokenCount: z.number().catch(0), candidatesTokenCount: z.number().catch(0) }).optional(),
});
function refused(why: string): VendorError {
  return new VendorError({ status: null, reasons: ['content_filter'], message: `The picture was refused by a safety system (${why}).`, retryAfterMs: null });
}

/** The parts of an answer of Gemini. @throws ProtocolError, VendorError */
function geminiParts(body: unknown): readonly ImageEnginePart[] {
  const parsed = content.safeParse(body);
  if (!parsed.success) throw new ProtocolError('answered without a picture');
  const { candidates, promptFeedback, usageMetadata } = parsed.data;
  const blocked =
    promptFeedback?.blockReason ?? candidates.map(({ finishReason = '' }) => finishReason).find((reason) => /SAFETY|PROHIBITED|BLOCK/.test(reason));
  const data = candidates.flatMap((candidate) => candidate.content?.parts ?? []).find((part) => part.inlineData !== undefined)?.inlineData?.data;
  if (data === undefined) throw blocked === undefined ? new ProtocolError('answered without a picture') : refused(blocked);
  return [
    ...(usageMetadata === undefined
      ? []
      : [{ type: 'usage', inputTokens: usageMetadata.promptTokenCount, outputTokens: usageMetadata.candidatesTokenCount } as const]),
    { type: 'image', bytes: bytesOfBase64(data) },
  ];
}

/**
 * Creates the engine for the pictures of Gemini. Each picture is a request of its own. Imagen is not among them: its method is going away, and works at
 * Vertex alone.
 */
export function createGeminiImages(options: ImageEngineOptions): ImageEngine {
  const { id = 'gemini', name = 'Gemini', apiKey, baseUrl, fetch, timers, defaultModel = 'gemini-2.5-flash-image' } = options;
  const limits = answerLimits(timers);

  const build = (request: ImageRequest) => (by: typeof globalThis.fetch) => {
    const client = new GoogleGenAI({ apiKey: apiKey ?? '', vertexai: false, httpOptions: { baseUrl: baseUrl ?? googleBaseUrl, apiVersion, fetch: by } });
    const { model, prompt, size, references } = request;
    const shown = references.map(({ mediaType, bytes }) => ({ inlineData: { mimeType: mediaType, data: Buffer.from(bytes).toString('base64') } }));
    return client.models.generateContent({
      model,
      contents: [{ role: 'user', parts: [...shown, { text: prompt }] }],
      config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: ratios[size] } },
    });
  };

  const failureOf = async (response: Response): Promise<Error> => {
    const text = await beginningOf(response);
    let fault = null;
    try {
      fault = geminiFault(JSON.parse(text), response.status);
    } catch {
      // A proxy's web page, say.
    }
    const retryAfterMs = fault?.retryAfterMs ?? retryAfterMsOf(response.headers, new Date());
    return new VendorError({ status: response.status, reasons: fault?.reasons ?? [], message: fault?.message ?? text, retryAfterMs });
  };

  const makeOne = async (request: ImageRequest, signal: AbortSignal): Promise<readonly ImageEnginePart[]> => {
    const guard = createStreamGuard(signal);
    try {
      guard.limit('headers', limits.headersTimeoutMs);
      const response = await sendCaptured({ fetch, build: build(request), failureOf }, guard.signal);
      return geminiParts(jsonOf(await readWhole(response, guard, limits)));
    } catch (error) {
      throw guard.signal.aborted ? guard.signal.reason : error;
    } finally {
      guard.close();
    }
  };

  return {
    id,
    name,
    defaultModel,
    models: geminiImageModels,
    generate: (request, signal) =>
      streamPictures(options, name, request, signal, async function* make(limited, policy) {
        for (let index = 0; index < request.count; index += 1) {
          yield { type: 'status', status: request.count === 1 ? 'Drawing' : `Drawing ${index + 1} of ${request.count}` };
          yield* await withAttempts(policy, (attempt) => makeOne(request, attempt), limited);
        }
      }),
  };
}
