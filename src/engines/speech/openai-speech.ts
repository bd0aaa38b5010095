import { toFile } from 'openai';
import { z } from 'zod';
import type { AudioFormat } from '../../base/audio.ts';
import { jsonOf, readWhole, withAttempts } from '../calls.ts';
import { ProtocolError } from '../faults.ts';
import { createOpenAiClient, openAiFault } from '../openai-client.ts';
import { createStreamGuard } from '../stream-guard.ts';
import type { Speaker, Transcriber, TranscriptionRequest, Voice } from './speech-engine.ts';
import { streamSound, type SpeechOptions } from './sound-stream.ts';

/** The most bytes of a transcript with its times. */
const mostTranscriptBytes = 8 * 1024 * 1024;

/** https://platform.openai.com/docs/guides/text-to-speech#voice-options */
const voiceNames = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer', 'verse', 'marin', 'cedar'] as const;
const voices: readonly Voice[] = voiceNames.map((id) => ({
  id,
  name: id.charAt(0).toUpperCase() + id.slice(1),
  description: 'Speaks every language of the model.',
  language: null,
}));

/** Millionths of a US dollar, as of November 2026: https://platform.openai.com/docs/pricing */
const pricesPerMinute: Readonly<Record<string, number>> = { 'whisper-1': 6_000, 'gpt-4o-transcribe': 6_000, 'gpt-4o-mini-transcribe': 3_000 };
const pricesPerCharacter: Readonly<Record<string, number>> = { 'tts-1': 15, 'tts-1-hd': 30 };

const formats = { MP3: 'mp3', WAV: 'wav', OPUS: 'opus', FLAC: 'flac' } as const satisfies Readonly<Record<AudioFormat, string>>;

const transcript = z.object({
  text: z.string(),
  language: z.string().nullish().catch(null),
  duration: z.coerce.number().nullish().catch(null),
  segments: z
    .array(z.object({ start: z.number(), end: z.number(), text: z.string() }))
    .nullish()
    .catch(null),
});

const milliseconds = (seconds: number): number => Math.round(seconds * 1_000);

/** Creates the transcriber of OpenAI, and of servers that speak its audio API (whisper.cpp, faster-whisper, speaches, Groq ...). */
export function createOpenAiTranscriber(options: SpeechOptions): Transcriber {
  const { apiKey, baseUrl, fetch, timers, id = 'openai', name = 'OpenAI', retry } = options;
  const client = createOpenAiClient({ apiKey, baseUrl, fetch });

  const ask = async ({ model, bytes, mediaType, fileName, language }: TranscriptionRequest, signal: AbortSignal) => {
    const guard = createStreamGuard(signal);
    try {
      guard.limit('headers', timers.totalTimeoutMs);
      const file = await toFile(Uint8Array.from(bytes), fileName, { type: mediaType });
      // The GPT models write words alone.
      const form = model.startsWith('gpt-')
        ? { response_format: 'json' as const }
        : { response_format: 'verbose_json' as const, timestamp_granularities: ['segment' as const] };
      const given = language === null ? {} : { language };
      const response = await client.audio.transcriptions.create({ model, file, ...form, ...given, stream: false }, { signal: guard.signal }).asResponse();
      const parsed = transcript.safeParse(jsonOf(await readWhole(response, guard, { idleTimeoutMs: timers.idleTimeoutMs, maxBytes: mostTranscriptBytes })));
      if (!parsed.success) throw new ProtocolError('answered something that is no transcript');
      return parsed.data;
    } catch (error) {
      throw guard.signal.aborted ? guard.signal.reason : openAiFault(error, new Date());
    } finally {
      guard.close();
    }
  };

  return {
    id,
    name,
    defaultModel: 'whisper-1',
    pricePerMinute: (model) => pricesPerMinute[model] ?? null,
    transcribe: async (request, signal) => {
      const subject = { provider: name, model: request.model, apiKey: apiKey ?? '' };
      const { text, language, duration, segments } = await withAttempts({ subject, retry }, (limited) => ask(request, limited), signal);
      return {
        text: text.trim(),
        language: language ?? null,
        durationMs: duration == null ? null : milliseconds(duration),
        segments: (segments ?? []).map(({ start, end, text: words }) => ({ startMs: milliseconds(start), endMs: milliseconds(end), text: words.trim() })),
      };
    },
  };
}

/** Creates the speaker of OpenAI, and of servers that speak its audio API. */
export function createOpenAiSpeaker(options: SpeechOptions): Speaker {
  const { apiKey, baseUrl, fetch, timers, id = 'openai', name = 'OpenAI', retry } = options;
  const client = createOpenAiClient({ apiKey, baseUrl, fetch });
  return {
    id,
    name,
    defaultModel: 'gpt-4o-mini-tts',
    formats: ['MP3', 'WAV', 'OPUS', 'FLAC'],
    pricePerCharacter: (model) => pricesPerCharacter[model] ?? null,
    voices: () => Promise.resolve(voices),
    speak: ({ model, text, voice, format }, signal) => {
      const subject = { provider: name, model, apiKey: apiKey ?? '' };
      const open = async (limited: AbortSignal): Promise<Response> => {
        const guard = createStreamGuard(limited);
        guard.limit('headers', timers.firstTokenTimeoutMs);
        try {
          const body = { model, input: text, voice: voice ?? 'alloy', response_format: formats[format] };
          return await client.audio.speech.create(body, { signal: guard.signal }).asResponse();
        } catch (error) {
          throw guard.signal.aborted ? guard.signal.reason : openAiFault(error, new Date());
        } finally {
          // Not closed: the body must hear the abort as well.
          guard.rest();
        }
      };
      return streamSound({ policy: { subject, retry }, timers, open }, signal);
    },
  };
}
