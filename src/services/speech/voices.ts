import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Voice } from '../../engines/speech/speech-engine.ts';
import { createRemembered } from '../remembered.ts';
import type { SpeechCalls } from './speech-calls.ts';

/** A voice with its provider. */
export interface ListedVoice extends Voice {
  readonly provider: string;
  readonly providerName: string;
  /** `provider:model` that speaks with it by default. */
  readonly model: string;
}

/** Which voices there are. */
export type Voices = ReturnType<typeof createVoices>;

const hourMs = 3_600_000;
const listTimeoutMs = 10_000;

/** Creates the service. */
export function createVoices({ speechCalls, clock, logger }: { readonly speechCalls: SpeechCalls; readonly clock: Clock; readonly logger: Logger }) {
  const lists = createRemembered<readonly Voice[]>({ clock, forMs: hourMs });
  return {
    /** The voices of all providers that somebody has, or of one. A provider that does not answer has none. */
    list: async (viewer: Viewer | null, provider: string | null): Promise<readonly ListedVoice[]> => {
      const { userId } = requireViewer(viewer);
      const engines = await speechCalls.speakers.engines(userId);
      const chosen = engines.filter(({ engine }) => provider === null || engine.id === provider);
      const found = await Promise.all(
        chosen.map(async ({ engine, isOwnKey }) => {
          const name = isOwnKey ? `${userId} ${engine.id}` : engine.id;
          const voices = await lists
            .find(name, () => engine.voices(AbortSignal.timeout(listTimeoutMs)))
            .catch((error: unknown) => {
              logger.warn({ err: error, provider: engine.id }, 'the voices of a provider could not be listed');
              return [];
            });
          return voices.map((voice): ListedVoice => ({
            ...voice,
            provider: engine.id,
            providerName: engine.name,
            model: `${engine.id}:${engine.defaultModel}`,
          }));
        }),
      );
      return found.flat();
    },
  };
}
