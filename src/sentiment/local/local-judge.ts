import { emotions, type Emotion, type Judgement, type SentimentLabel } from '../../base/sentiment.ts';
import { findingsOf, type Finding } from './clauses.ts';
import { createLanguageCheck } from './language.ts';
import { createLexicon } from './lexicon.ts';
import { createPhraseBook } from './phrases.ts';
import { purposeOf, weightsOf } from './sentence.ts';
import { withSarcasm } from './sarcasm.ts';
import { tokensOf, type Token } from './tokens.ts';
import { badPhrases } from './words/bad-phrases.ts';
import { goodPhrases } from './words/good-phrases.ts';
import { plainPhrases } from './words/plain-phrases.ts';

/** Judges a text by rules; null for one that is not English. */
export type LocalJudge = (text: string) => Judgement | null;

/** Of a longer text the beginning and the end are judged, this many characters of each: it is a person who speaks, and whoever else runs here waits. */
const longestEnd = 10_000;

/** A sentence is cut here, so that a text without any mark is judged like one with them. */
const longestSentence = 60;

/** How much of a word's strength one more exclamation mark adds, up to three. */
const exclamation = 0.08;

/** What a request or a question for facts leaves of the words in it. */
const requestFactor = 0.15;

/** The sum at which the score is 0.5 for one sentence: x / sqrt(x² + softness), the softer the longer the text. */
const softness = 9;

/** A side of a text that is at least this strong, and at least this large a part of the other side, makes it MIXED. */
const mixedFrom = 1.3;
const mixedShare = 0.6;

const leastSum = 0.6;

interface Sentence {
  readonly tokens: readonly Token[];
  readonly isQuestion: boolean;
  readonly exclamations: number;
}

function sentencesOf(tokens: readonly Token[]): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let current: Token[] = [];
  const close = (mark: Token | null): void => {
    if (current.length > 0) {
      const isQuestion = mark?.kind === 'mark' && mark.text === '?';
      sentences.push({ tokens: current, isQuestion, exclamations: mark?.kind === 'mark' && mark.text === '!' ? mark.count : 0 });
    }
    current = [];
  };
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const isEnd = token.kind === 'mark' && /^[.!?\n…]$/.test(token.text);
    if (isEnd && next?.kind === 'mark' && next.text === '/s') continue;
    // A face behind the mark belongs to the sentence before it.
    if (isEnd && next?.kind === 'face') continue;
    if (!isEnd) current.push(token);
    if (isEnd || current.length >= longestSentence) close(token);
  }
  close(tokens.at(-1) ?? null);
  return sentences;
}

/** Faces say how all of it is meant, and outweigh single words. */
const faceFactor = 1.2;

/** "How lucky we are", "did you see how beautiful it was?" */
function isHow(token: Token | undefined): boolean {
  return token?.kind === 'word' && token.text === 'how';
}

interface Sums {
  readonly good: number;
  readonly bad: number;
}

function strongest(feelings: ReadonlyMap<Emotion, number>, isGood: boolean): Emotion | null {
  const goodOnes: readonly Emotion[] = ['JOY', 'GRATITUDE', 'SURPRISE'];
  let best: Emotion | null = null;
  for (const emotion of emotions) {
    if (emotion !== 'SURPRISE' && goodOnes.includes(emotion) !== isGood) continue;
    if ((feelings.get(emotion) ?? 0) > (best === null ? 0.5 : (feelings.get(best) ?? 0))) best = emotion;
  }
  return best;
}

function labelFor(score: number, { good, bad }: Sums): SentimentLabel {
  if (Math.min(good, bad) >= mixedFrom && Math.min(good, bad) >= mixedShare * Math.max(good, bad)) return 'MIXED';
  if (Math.abs(good - bad) < leastSum) return 'NEUTRAL';
  return score > 0 ? 'POSITIVE' : 'NEGATIVE';
}

/** Creates the judge with its words and phrases; it takes time in proportion to the text. */
export function createLocalJudge(): LocalJudge {
  const lexicon = createLexicon();
  const book = createPhraseBook([...badPhrases, ...goodPhrases, ...plainPhrases]);
  const isEnglish = createLanguageCheck();

  const judgeSentence = ({ tokens, isQuestion, exclamations }: Sentence): readonly Finding[] => {
    const findings = withSarcasm(tokens, findingsOf(tokens, lexicon, book, isQuestion));
    const weights = weightsOf(tokens);
    const purpose = exclamations === 0 ? purposeOf(tokens, isQuestion) : 'statement';
    const emphasis = 1 + exclamation * Math.min(3, exclamations);
    return findings.map((finding) => {
      const isNamed =
        finding.source === 'word' &&
        purpose !== 'statement' &&
        !(purpose === 'opinion' && finding.isQuality) &&
        !(finding.isQuality && isHow(tokens[finding.index - 1]));
      const factor = (weights[finding.index] ?? 1) * emphasis * (finding.source === 'face' ? faceFactor : isNamed ? requestFactor : 1);
      return { ...finding, value: finding.value * factor };
    });
  };

  return (text) => {
    const judged = text.length <= 2 * longestEnd ? text : `${text.slice(0, longestEnd)}\n${text.slice(-longestEnd)}`;
    const tokens = tokensOf(judged);
    if (!isEnglish(judged, tokens, (word) => lexicon.has(word))) return null;
    const sentences = sentencesOf(tokens);
    const feelings = new Map<Emotion, number>();
    let good = 0;
    let bad = 0;
    for (const { value, emotion } of sentences.flatMap(judgeSentence)) {
      if (value > 0) good += value;
      else bad -= value;
      if (emotion !== null) feelings.set(emotion, (feelings.get(emotion) ?? 0) + Math.abs(value));
    }
    const total = good - bad;
    const score = total / Math.sqrt(total * total + softness * Math.max(1, Math.sqrt(sentences.length)));
    const label = labelFor(score, { good, bad });
    // Divided by the strength of a strong word, so that one such word is about one.
    const magnitude = (good + bad) / 3;
    return { score, magnitude, label, emotion: label === 'NEUTRAL' ? null : strongest(feelings, total > 0) };
  };
}
