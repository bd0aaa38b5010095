import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerReader } from '../../src/sentiment/answer-reader.ts';
import { judgementOf, jsonIn } from '../../src/sentiment/model-reply.ts';

const sentiment = { score: -0.5, magnitude: 0.8, label: 'NEGATIVE', emotion: 'ANGER' };

/** What a reader gives for a text in pieces. */
function read(pieces: readonly string[]) {
  const reader = createAnswerReader();
  const shown = pieces.map((piece) => reader.push(piece));
  const { rest, judgement } = reader.end();
  return { shown, text: shown.join('') + rest, judgement };
}

/** A text cut at these places. */
function cut(text: string, places: readonly number[]): readonly string[] {
  const sorted = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((left, right) => left - right);
  return [...sorted, text.length].map((place, index) => text.slice(index === 0 ? 0 : sorted[index - 1], place));
}

describe('the reader of structured answers', () => {
  it('gives the same text and judgement however the JSON is written and cut', () => {
    const written = fc.constantFrom<(value: unknown) => string>(
      (value) => JSON.stringify(value),
      (value) => JSON.stringify(value, null, 2),
      (value) => `\n\`\`\`json\n${JSON.stringify(value)}\n\`\`\`\n`,
      (value) => JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
      (value) => JSON.stringify(value).replaceAll('/', '\\/'),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        written,
        fc.boolean(),
        fc.array(fc.nat(500), { maxLength: 40 }),
        (answer, write, isFirst, places) => {
          const json = write(
            isFirst ? { answer, sentiment } : { sentiment: { ...sentiment, note: { answer: 'inner' } }, list: ['answer', { answer: 'x' }], answer },
          );
          const { text, judgement } = read(cut(json, places));
          expect(text).toBe(answer);
          expect(judgement).toEqual(sentiment);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('shows each character as soon as it is known', () => {
    const { shown } = read(['{"ans', 'wer": "He', 'llo \\', 'n\\u00', 'e9\\ud83d', '\\ude00!', '", "sentiment": {"score": 1}}']);
    expect(shown).toEqual(['', 'He', 'llo ', '\n', 'é\ud83d', '\ude00!', '']);
  });

  it.each([
    ['ends in the middle of the answer', '{"answer": "Half of i', 'Half of i'],
    ['ends in the middle of an escape', '{"answer": "Half\\u00', 'Half'],
    ['ends in the middle of the sentiment', '{"answer": "All", "sentiment": {"score": 0.', 'All'],
    ['goes on behind its end', '{"answer": "All"} and more', 'All'],
    ['is no JSON at all', 'I will not write JSON.', 'I will not write JSON.'],
    ['is JSON without an answer', '{"text": "Other"}', '{"text": "Other"}'],
    ['has an answer that is no text', '{"answer": {"a": 1}}', '{"answer": {"a": 1}}'],
    ['is code', '```ts\nconst a = 1;\n```', '```ts\nconst a = 1;\n```'],
    ['is empty', '', ''],
  ])('keeps what was said when the text %s', (_name, json, expected) => {
    for (const pieces of [[json], [...json]]) expect(read(pieces)).toMatchObject({ text: expected, judgement: null });
  });

  it('gives nothing for an empty answer', () => {
    expect(read([JSON.stringify({ answer: '', sentiment })])).toMatchObject({ text: '', judgement: sentiment });
  });

  it('never fails, and gives the same for any cut of any text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom('{', '}', '"', '\\', 'u00', '"answer"', ':', ',', '[', ']', '`', '```', ' '),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const whole = read([pieces.join('')]);
        const parts = read(pieces);
        expect(parts.text).toBe(whole.text);
        expect(parts.judgement).toEqual(whole.judgement);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a model wrote as a judgement', () => {
  it.each([
    [
      { score: 7, magnitude: -3, label: 'positive', emotion: 'joy' },
      { score: 1, magnitude: 0, label: 'POSITIVE', emotion: 'JOY' },
    ],
    [{ score: '-0.4' }, { score: -0.4, magnitude: 0.4, label: 'NEGATIVE', emotion: null }],
    [{ label: ' Negative ' }, { score: -0.6, magnitude: 0.6, label: 'NEGATIVE', emotion: null }],
    [
      { score: 0.05, label: 'weird', emotion: 'NONE' },
      { score: 0.05, magnitude: 0.05, label: 'NEUTRAL', emotion: null },
    ],
    [{ score: Number.NaN, magnitude: 'much' }, null],
    [{ mood: 'good' }, null],
    ['good', null],
    [null, null],
  ])('is %j read as %j', (value, judgement) => {
    expect(judgementOf(value)).toEqual(judgement);
  });

  it('is found between words and code marks', () => {
    expect(jsonIn('Sure!\n```json\n{"score": 1}\n```\nAnything else?')).toEqual({ score: 1 });
    expect(jsonIn('no braces')).toBeUndefined();
  });
});
