import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/documents/child/block.ts';
import { cutIntoPassages, passageSizes } from '../../src/documents/chunking/passages.ts';
import { sentencesOf, tokensOf } from '../../src/documents/chunking/sentences.ts';

const text = (words: string, page?: number): Block => ({ kind: 'text', text: words, ...(page === undefined ? {} : { page }) });
const heading = (level: number, words: string): Block => ({ kind: 'heading', level, text: words });

const block = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text: fc.lorem({ maxCount: 60, mode: 'sentences' }) }),
  fc.record({ kind: fc.constant('text' as const), text: fc.string({ minLength: 1, maxLength: 3_000 }) }),
  fc.record({ kind: fc.constant('heading' as const), level: fc.integer({ min: 1, max: 6 }), text: fc.lorem({ maxCount: 4 }) }),
);

describe('passages', () => {
  it('never reach over a heading, and name the headings above them', () => {
    const passages = cutIntoPassages([heading(1, 'A'), text('one'), heading(2, 'B'), text('two'), text('three'), heading(1, 'C'), text('four')]);
    expect(passages.map(({ headings, text: said }) => [headings, said])).toEqual([
      [['A'], 'one'],
      [['A', 'B'], 'two\n\nthree'],
      [['C'], 'four'],
    ]);
  });

  it('begin with the last sentences of the one before, in the same section', () => {
    const sentence = (number: number): string => `Sentence number ${number} says something about gardens and rain.`;
    const passages = cutIntoPassages([text(Array.from({ length: 60 }, (_, index) => sentence(index)).join(' '))]);
    expect(passages.length).toBeGreaterThan(2);
    for (const [index, passage] of passages.entries()) {
      const before = passages[index - 1];
      if (before !== undefined) expect(before.text).toContain(sentencesOf(passage.text)[0] ?? '-');
    }
  });

  it('of a document of headings alone are its headings', () => {
    expect(cutIntoPassages([heading(1, 'Agenda'), heading(1, 'Questions')]).map(({ text: said }) => said)).toEqual(['Agenda', 'Questions']);
  });

  it('know the pages that they begin and end on', () => {
    expect(cutIntoPassages([text('one', 3), text('two', 4)])).toMatchObject([{ page: 3, pageEnd: 4 }]);
  });

  it('are the same for the same blocks, short enough, and lose no word', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
        const passages = cutIntoPassages(blocks);
        expect(cutIntoPassages(blocks)).toEqual(passages);
        for (const passage of passages) expect(tokensOf(passage.text)).toBeLessThanOrEqual(passageSizes.target * 1.3);
        const all = passages.map((passage) => passage.text).join(' ');
        for (const { kind, text: said } of blocks) {
          if (kind === 'text') for (const word of said.match(/[a-z]{3,20}/g) ?? []) expect(all).toContain(word);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('sentences', () => {
  it('do not end behind abbreviations', () => {
    expect(sentencesOf('Dr. Grey met Mr. White, e.g. in May. They spoke of No. 7.')).toEqual(['Dr. Grey met Mr. White, e.g. in May.', 'They spoke of No. 7.']);
  });
});
