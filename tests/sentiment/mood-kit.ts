import { systemClock } from '../../src/base/clock.ts';
import { createLogger, type Logger } from '../../src/base/logger.ts';
import type { Engine } from '../../src/engines/engine.ts';
import type { RunEvent } from '../../src/events/run-event.ts';
import type { GoogleJudge } from '../../src/sentiment/google.ts';
import { createLocalJudge } from '../../src/sentiment/local/local-judge.ts';
import { createRunMoods, type RunMoodDependencies } from '../../src/services/sentiment/run-moods.ts';
import { openRunTest } from '../services/run-kit.ts';

const local = createLocalJudge();

/** A node whose runs are judged. */
export async function openMoodTest(
  engines: readonly Engine[],
  options: {
    readonly settings?: Partial<RunMoodDependencies['settings']>;
    readonly google?: GoogleJudge;
    readonly local?: typeof local;
    readonly logger?: Logger;
  } = {},
) {
  return openRunTest({
    engines,
    moods: (parts) =>
      createRunMoods({
        ...parts,
        clock: systemClock,
        logger: options.logger ?? createLogger({ level: 'silent' }),
        local: options.local ?? local,
        google: options.google ?? null,
        settings: { method: 'LOCAL', timeoutMs: 120_000, graceMs: 60_000, ...options.settings },
      }),
  });
}

/** What the events say of sentiment. */
export function sentimentsIn(events: readonly RunEvent[]) {
  return events.flatMap(({ data }) => (data.type === 'SentimentReady' ? [data] : []));
}

/** A logger that keeps the messages of its warnings. */
export function keepingLogger(): { readonly logger: Logger; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const logger = createLogger({ level: 'silent' });
  return { logger: Object.assign(Object.create(logger), { warn: (_details: unknown, message: string) => void warnings.push(message) }), warnings };
}
