import { z } from 'zod';
import { megabyte, wholeNumber } from './config-values.ts';
import { webUrl } from './json-list.ts';

/** How pictures are made, and speech is written down and spoken. */
export interface MediaConfig {
  /** `provider:model` or a provider: what makes pictures when nobody says, and what models may call as a tool; null for none. */
  readonly imageModel: string | null;
  readonly replicate: MediaAccess | null;
  readonly fal: MediaAccess | null;
  /** `provider:model` or a provider; null chooses the first provider that has a key. */
  readonly transcriptionModel: string | null;
  readonly speechModel: string | null;
  /** Of an engine that is only for speech; null for the one of chats. */
  readonly speechServer: MediaServer | null;
  readonly cartesia: MediaAccess | null;
  readonly liveKit: LiveKitConfig | null;
  /** How long a provider that answers with the result itself may take to begin. */
  readonly imageTimeoutMs: number;
  readonly pollFirstWaitMs: number;
  readonly pollLongestWaitMs: number;
  /** Of a text that is spoken, in characters. */
  readonly maxSpeechCharacters: number;
}

/** The access to a provider. */
export interface MediaAccess {
  readonly apiKey: string;
  /** Null is the provider's own address. */
  readonly baseUrl: string | null;
}

/** A server that speaks the audio API of OpenAI. */
export interface MediaServer {
  readonly apiKey: string | null;
  readonly baseUrl: string;
}

/** A LiveKit server, where live rooms take place. */
export interface LiveKitConfig {
  /** Where clients connect, `wss://...`. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly tokenLifetimeMs: number;
  /** How long it may take to put somebody out of a room. */
  readonly timeoutMs: number;
}

/** The variables of media. */
export const mediaVariables = {
  IMAGE_MODEL: z.string().optional(),
  REPLICATE_API_TOKEN: z.string().optional(),
  REPLICATE_BASE_URL: webUrl.optional(),
  FAL_KEY: z.string().optional(),
  FAL_BASE_URL: webUrl.optional(),
  TRANSCRIPTION_MODEL: z.string().optional(),
  SPEECH_MODEL: z.string().optional(),
  SPEECH_SERVER_URL: webUrl.optional(),
  SPEECH_SERVER_KEY: z.string().optional(),
  CARTESIA_API_KEY: z.string().optional(),
  CARTESIA_BASE_URL: webUrl.optional(),
  LIVEKIT_URL: z.url({ protocol: /^wss?$/, error: 'must be a URL (^wss?$)' }).optional(),
  LIVEKIT_API_KEY: z.string().optional(),
  LIVEKIT_API_SECRET: z.string().min(32, 'must have 32 characters or more').optional(),
  LIVEKIT_TOKEN_MINUTES: wholeNumber(10, 1, 1_440),
  LIVEKIT_TIMEOUT_MS: wholeNumber(5_000, 100, 60_000),
  IMAGE_TIMEOUT_MS: wholeNumber(180_000, 10, 3_600_000),
  JOB_POLL_FIRST_MS: wholeNumber(500, 1, 60_000),
  JOB_POLL_LONGEST_MS: wholeNumber(5_000, 1, 600_000),
  MAX_SPEECH_CHARACTERS: wholeNumber(10_000, 1, megabyte),
};

const shape = z.object(mediaVariables);

function access(apiKey: string | undefined, baseUrl: string | undefined): MediaAccess | null {
  return apiKey === undefined ? null : { apiKey, baseUrl: baseUrl ?? null };
}

/** The part of the configuration. */
export function shapeMedia(values: z.output<typeof shape>): MediaConfig {
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = values;
  return {
    imageModel: values.IMAGE_MODEL ?? null,
    replicate: access(values.REPLICATE_API_TOKEN, values.REPLICATE_BASE_URL),
    fal: access(values.FAL_KEY, values.FAL_BASE_URL),
    transcriptionModel: values.TRANSCRIPTION_MODEL ?? null,
    speechModel: values.SPEECH_MODEL ?? null,
    speechServer: values.SPEECH_SERVER_URL === undefined ? null : { apiKey: values.SPEECH_SERVER_KEY ?? null, baseUrl: values.SPEECH_SERVER_URL },
    cartesia: access(values.CARTESIA_API_KEY, values.CARTESIA_BASE_URL),
    liveKit:
      url === undefined || apiKey === undefined || apiSecret === undefined
        ? null
        : { url, apiKey, apiSecret, tokenLifetimeMs: values.LIVEKIT_TOKEN_MINUTES * 60_000, timeoutMs: values.LIVEKIT_TIMEOUT_MS },
    imageTimeoutMs: values.IMAGE_TIMEOUT_MS,
    pollFirstWaitMs: values.JOB_POLL_FIRST_MS,
    pollLongestWaitMs: values.JOB_POLL_LONGEST_MS,
    maxSpeechCharacters: values.MAX_SPEECH_CHARACTERS,
  };
}

/** What is wrong with variables that belong together. */
export function problemsOfMedia(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'] as const;
  const missing = names.filter((name) => values[name] === undefined);
  return missing.length === 0 || missing.length === names.length ? [] : missing.map((name) => `${name}: must be set with the other two of LiveKit`);
}
