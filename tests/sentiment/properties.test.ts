import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLexicon } from '../../src/sentiment/local/lexicon.ts';
import { createLocalJudge } from '../../src/sentiment/local/local-judge.ts';
import { tokensOf } from '../../src/sentiment/local/tokens.ts';
import { sentimentLabels } from '../../src/base/sentiment.ts';
import { negativeWords } from '../../src/sentiment/local/words/negative.ts';
import { positiveWords } from '../../src/sentiment/local/words/positive.ts';
import { readSets } from './sets.ts';

const judge = createLocalJudge();
const lexicon = createLexicon();
const scoreOf = (text: string): number => judge(text)?.score ?? 0;

/** The adjectives of the lexicon, with what they score by themselves. */
const adjectives = [...positiveWords, ...negativeWords]
  .filter(({ kind }) => kind === 'adjective')
  .flatMap(({ words }) => words.trim().split(/\s+/))
  .map((word) => [word, scoreOf(`The meal is ${word}`)] as const)
  .filter(([, score]) => score !== 0);
const sentence = fc.constantFrom(...readSets().flatMap(({ development, heldOut }) => [...development, ...heldOut].map(({ text }) => text)));
const fragment = fc.oneof(
  fc.constantFrom(...lexicon.keys()),
  sentence,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('not', 'but', '"', '/s', ':)', '😡', '!!!', '...', '`', '\n'),
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(' ')),
);

describe('the local judge, whatever it is given', () => {
  it('stays within its bounds, says one of four labels, and says the same again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const judgement = judge(text);
        expect(judge(text)).toEqual(judgement);
        if (judgement === null) return;
        expect(Number.isFinite(judgement.score) && Math.abs(judgement.score) <= 1).toBe(true);
        expect(Number.isFinite(judgement.magnitude) && judgement.magnitude >= 0).toBe(true);
        expect(sentimentLabels).toContain(judgement.label);
        if (judgement.label === 'POSITIVE') expect(judgement.score).toBeGreaterThan(0);
        if (judgement.label === 'NEGATIVE') expect(judgement.score).toBeLessThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('turns or weakens every adjective by a negation', () => {
    for (const [word, plain] of adjectives) {
      const negated = scoreOf(`The meal is not ${word}`);
      expect(Math.sign(negated) !== Math.sign(plain) || Math.abs(negated) < Math.abs(plain), word).toBe(true);
    }
  });

  it('weakens no adjective by emphasis', () => {
    for (const [word, plain] of adjectives) {
      const degrees = ['very', 'really', 'extremely', 'so', 'absolutely'].map((degree) => `${degree} ${word}`);
      for (const emphatic of [`${word}!`, `${word}!!!!`, word.toUpperCase(), ...degrees]) {
        expect(Math.sign(plain) * scoreOf(`The meal is ${emphatic}`), emphatic).toBeGreaterThanOrEqual(Math.abs(plain));
      }
    }
  });

  it('takes an exclamation mark for no less than a full stop', () => {
    fc.assert(
      fc.property(sentence, (text) => {
        const bare = text.replace(/[.!?]+$/, '');
        if (/[.!?\n]/.test(bare)) return;
        const plain = scoreOf(`${bare}.`);
        expect(Math.sign(plain) * scoreOf(`${bare}!`)).toBeGreaterThanOrEqual(Math.abs(plain));
      }),
      { numRuns: 600 },
    );
  });
});

describe('the work of the local judge', () => {
  /** How many pieces a text falls into; each is looked at a bounded number of times. */
  const workOf = (text: string): number => tokensOf(text).length;

  it.each([
    ['words', 'good '],
    ['letters', 'a'],
    ['exclamation marks', '!'],
    ['quotes', '"a '],
    ['code marks', '`'],
    ['code fences', '``` '],
    ['full stops', 'a.'],
    ['apostrophes', "a'"],
    ['hyphens', 'a-'],
    ['at signs', 'a@'],
    ['emoji', '😀\u200d'],
    ['turns', 'but although '],
    ['negations', 'not '],
    ['beginnings of phrases', 'waiting for '],
    ['brackets', '((('],
    ['digits', '1:'],
  ])('grows no faster than the text for %s', (_name, piece) => {
    const text = (length: number): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    expect(workOf(text(100_000))).toBeLessThanOrEqual(100_000);
    expect(workOf(text(100_000))).toBeLessThanOrEqual(10.5 * workOf(text(10_000)) + 10);
    // A rule that took quadratic time would not come back before the test is given up.
    expect(() => judge(text(100_000))).not.toThrow();
  });
});
