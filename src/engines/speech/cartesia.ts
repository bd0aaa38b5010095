import { z } from 'zod';
import type { AudioFormat } from '../../base/audio.ts';
import { callForJson, CallFailed, failureOf, sendRequest, withAttempts } from '../calls.ts';
import { ProtocolError } from '../faults.ts';
import { createStreamGuard } from '../stream-guard.ts';
import type { Speaker, Voice } from './speech-engine.ts';
import { streamSound, type SpeechOptions } from './sound-stream.ts';

const cartesiaBaseUrl = 'https://api.cartesia.ai';
/** https://docs.cartesia.ai/use-the-api/api-conventions */
const apiVersion = '2025-04-16';
/** "Katie", whom the documentation names for agents. */
const defaultVoice = 'f786b574-daa5-4673-aa0c-cbe3e8534c02';
const mostVoices = 100;

const outputs: Readonly<Partial<Record<AudioFormat, unknown>>> = {
  MP3: { container: 'mp3', sample_rate: 44_100, bit_rate: 128_000 },
  WAV: { container: 'wav', encoding: 'pcm_s16le', sample_rate: 44_100 },
};

const voiceList = z.object({
  data: z.array(z.object({ id: z.string(), name: z.string(), description: z.string().nullish().catch(null), language: z.string().nullish().catch(null) })),
});

/** Creates the speaker of Cartesia, by its HTTP API: two requests need no client of their own. Prices depend on the plan, and are unknown. */
export function createCartesiaSpeaker(options: SpeechOptions): Speaker {
  const { apiKey, baseUrl, fetch, timers, id = 'cartesia', name = 'Cartesia', retry } = options;
  const base = (baseUrl ?? cartesiaBaseUrl).replace(/\/+$/, '');
  const headers = { authorization: `Bearer ${apiKey ?? ''}`, 'cartesia-version': apiVersion, 'content-type': 'application/json' };
  const limits = { headersTimeoutMs: timers.connectTimeoutMs, idleTimeoutMs: timers.idleTimeoutMs, maxBytes: 4 * 1024 * 1024 };

  const listVoices = async (signal: AbortSignal): Promise<readonly Voice[]> => {
    const parsed = voiceList.safeParse(await callForJson({ fetch, url: `${base}/voices?limit=${mostVoices}`, init: { headers }, limits }, signal));
    if (!parsed.success) throw new ProtocolError('answered something that is no list of voices');
    return parsed.data.data.map((voice) => ({ id: voice.id, name: voice.name, description: voice.description ?? '', language: voice.language ?? null }));
  };

  return {
    id,
    name,
    defaultModel: 'sonic-2',
    formats: ['MP3', 'WAV'],
    pricePerCharacter: () => null,
    voices: async (signal) => {
      const subject = { provider: name, model: 'voices', apiKey: apiKey ?? '' };
      try {
        return await withAttempts({ subject, retry }, listVoices, signal);
      } catch (error) {
        throw signal.aborted || error instanceof CallFailed ? error : new CallFailed(failureOf(error, subject));
      }
    },
    speak: ({ model, text, voice, format }, signal) => {
      const subject = { provider: name, model, apiKey: apiKey ?? '' };
      const body = JSON.stringify({ model_id: model, transcript: text, voice: { mode: 'id', id: voice ?? defaultVoice }, output_format: outputs[format] });
      const open = async (limited: AbortSignal): Promise<Response> => {
        const guard = createStreamGuard(limited);
        try {
          return await sendRequest(fetch, `${base}/tts/bytes`, { method: 'POST', headers, body }, guard, timers.firstTokenTimeoutMs);
        } finally {
          // Not closed: the body must hear the abort as well.
          guard.rest();
        }
      };
      return streamSound({ policy: { subject, retry }, timers, open }, signal);
    },
  };
}
