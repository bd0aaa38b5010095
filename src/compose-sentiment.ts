import type { Foundation } from './compose.ts';
import { createGoogleJudge } from './sentiment/google.ts';
import { createLocalJudge } from './sentiment/local/local-judge.ts';
import type { ModelCalls } from './services/model-calls.ts';
import { createRunMoods } from './services/sentiment/run-moods.ts';
import { createSentiments } from './services/sentiment/sentiments.ts';
import type { Statements } from './stores/statements.ts';

/** How long the end of a run whose answer is complete waits for the judgement of its question. */
const graceMs = 1_000;

/** Wires the judging of what people say. */
export function composeSentiment(
  { config, clock, logger, database: { pool }, fetch }: Foundation,
  { statements, modelCalls }: { readonly statements: Statements; readonly modelCalls: ModelCalls },
) {
  const { method, timeoutMs, google } = config.sentiment;
  const googleJudge = google === null ? null : createGoogleJudge({ config: google, fetch, clock, random: Math.random });
  return {
    moods: createRunMoods({ pool, clock, logger, modelCalls, local: createLocalJudge(), google: googleJudge, settings: { method, timeoutMs, graceMs } }),
    sentiments: createSentiments({ statements, modelCalls, defaultMethod: method, hasGoogle: google !== null }),
  };
}
