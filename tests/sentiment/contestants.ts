import Sentiment from 'sentiment';
import vader from 'vader-sentiment';
import { createLocalJudge } from '../../src/sentiment/local/local-judge.ts';
import type { Held } from './sets.ts';

/** Something that tells the three classes apart. */
export type Contestant = (text: string) => Held;

/** Ours and the two libraries, each as its own documentation says to use it. MIXED and what is not judged count as NEUTRAL. */
export function createContestants(): { readonly [Name in 'local' | 'vader' | 'sentiment']: Contestant } {
  const judge = createLocalJudge();
  const sentiment = new Sentiment();
  return {
    local: (text) => {
      const label = judge(text)?.label ?? 'NEUTRAL';
      return label === 'MIXED' ? 'NEUTRAL' : label;
    },
    vader: (text) => {
      const { compound } = vader.SentimentIntensityAnalyzer.polarity_scores(text);
      return compound >= 0.05 ? 'POSITIVE' : compound <= -0.05 ? 'NEGATIVE' : 'NEUTRAL';
    },
    sentiment: (text) => {
      const { score } = sentiment.analyze(text);
      return score > 0 ? 'POSITIVE' : score < 0 ? 'NEGATIVE' : 'NEUTRAL';
    },
  };
}
