import type { Speaker, Transcriber } from '../../engines/speech/speech-engine.ts';
import { createSpeaker, createTranscriber } from '../../engines/speech/create-speech.ts';
import type { SpeechOptions } from '../../engines/speech/sound-stream.ts';
import type { EngineTimers } from '../../base/engine-config.ts';
import type { OwnAccess, OwnEngines } from '../provider-key/own-engines.ts';
import { createProviderBook, type ProviderBook } from '../provider-key/provider-book.ts';

/** The way to providers of speech for every service. */
export interface SpeechCalls {
  readonly transcribers: ProviderBook<Transcriber>;
  readonly speakers: ProviderBook<Speaker>;
}

/** What it stands on. */
export interface SpeechCallDependencies {
  readonly loadTranscribers: () => Promise<readonly Transcriber[]>;
  readonly loadSpeakers: () => Promise<readonly Speaker[]>;
  readonly transcriptionModel: string | null;
  readonly speechModel: string | null;
  readonly ownEngines: Pick<OwnEngines, 'accessesOf'>;
  readonly timers: EngineTimers;
  /** For the addresses that people give. */
  readonly guardedFetch: typeof globalThis.fetch;
}

/** Creates it. */
export function createSpeechCalls(deps: SpeechCallDependencies): SpeechCalls {
  const { ownEngines, timers, guardedFetch } = deps;
  const open =
    <Kind>(create: (options: SpeechOptions) => Promise<Kind>) =>
    ({ access, surroundings }: OwnAccess): Promise<Kind> | null => {
      const { kind, id, name, apiKey, baseUrl } = access;
      if (kind !== 'openai' && kind !== 'openai-compatible') return null;
      return create({ id, name, apiKey, baseUrl, fetch: baseUrl === null ? surroundings.fetch : guardedFetch, timers });
    };
  return {
    transcribers: createProviderBook<Transcriber>({
      load: deps.loadTranscribers,
      open: open(createTranscriber),
      ownEngines,
      defaultName: deps.transcriptionModel,
      what: 'transcripts',
    }),
    speakers: createProviderBook<Speaker>({
      load: deps.loadSpeakers,
      open: open((options) => createSpeaker('openai', options)),
      ownEngines,
      defaultName: deps.speechModel,
      what: 'speech',
    }),
  };
}
