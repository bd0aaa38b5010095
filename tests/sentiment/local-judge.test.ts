import { describe, expect, it } from 'vitest';
import { createLocalJudge } from '../../src/sentiment/local/local-judge.ts';

const judge = createLocalJudge();

describe('the local judge', () => {
  it.each([
    ['Thank you so much!', 'POSITIVE', 'GRATITUDE'],
    ['I love this.', 'POSITIVE', 'JOY'],
    ['I am furious about this bill.', 'NEGATIVE', 'ANGER'],
    ['I feel so lonely and sad.', 'NEGATIVE', 'SADNESS'],
    ['I am terrified of the operation.', 'NEGATIVE', 'FEAR'],
    ['Eww, that is disgusting.', 'NEGATIVE', 'DISGUST'],
    ['I am completely confused by this.', 'NEGATIVE', 'CONFUSION'],
    ['It stopped working again.', 'NEGATIVE', 'FRUSTRATION'],
    ['Write a function that sorts a list.', 'NEUTRAL', null],
    ['The hotel was wonderful. The flight was horrible.', 'MIXED', null],
  ])('judges "%s" as %s with the emotion %s', (text, label, emotion) => {
    expect(judge(text)).toMatchObject({ label, ...(emotion === null ? {} : { emotion }) });
  });

  it.each(['ok', 'lol', '👍', ':(', '?', '', 'v2.1', 'README'])('judges the short text "%s"', (text) => {
    expect(judge(text)).not.toBeNull();
  });

  it.each([
    'Das ist wirklich sehr schlecht und ich bin nicht zufrieden.',
    'Merci beaucoup pour votre aide, c’est très bien.',
    'Muchas gracias por todo, está muy bien.',
    'Grazie mille, è molto bello.',
    'Obrigado, isso foi muito bom para mim.',
    'Dank je wel, dat is heel goed.',
    'これは本当にひどい。',
    'Это ужасно, ничего не работает.',
    '这个产品很好',
    'هذا سيء للغاية',
    'यह बहुत अच्छा है',
    'Danke!',
  ])('does not guess at "%s"', (text) => {
    expect(judge(text)).toBeNull();
  });

  it('leaves code and addresses out', () => {
    expect(judge('Run this:\n```\nthrow new FatalError("horrible disaster")\n```\nand see https://example.org/worst-ever/hate')).toMatchObject({
      label: 'NEUTRAL',
      magnitude: 0,
    });
  });

  it('M02 reads the two ends of a very long text, and no more of it', () => {
    const text = (middle: string): string => `${'I love this. '.repeat(800)}${middle.repeat(20_000)}${'I love this. '.repeat(800)}`;
    expect(judge(text('I hate it. '))).toEqual(judge(text('It is here. ')));
  });

  it('turns a word by a negation, and less than its opposite would', () => {
    const good = judge('It is good.')?.score ?? 0;
    const bad = judge('It is bad.')?.score ?? 0;
    const notGood = judge('It is not good.')?.score ?? 0;
    const notBad = judge('It is not bad.')?.score ?? 0;
    expect(good).toBeGreaterThan(notBad);
    expect(notBad).toBeGreaterThan(0);
    expect(notGood).toBeLessThan(0);
    expect(notGood).toBeGreaterThan(bad);
  });

  it('lets what follows a "but" decide', () => {
    expect(judge('The food was bad, but the view was good.')?.label).toBe('POSITIVE');
    expect(judge('The view was good, but the food was bad.')?.label).toBe('NEGATIVE');
  });

  it('turns praise that is marked as sarcasm', () => {
    expect(judge('What a wonderful idea')?.label).toBe('POSITIVE');
    expect(judge('What a wonderful idea /s')?.label).toBe('NEGATIVE');
    expect(judge('Their "excellent" support')?.label).toBe('NEGATIVE');
  });
});
