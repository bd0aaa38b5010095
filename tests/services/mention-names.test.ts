import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMentions } from '../../src/services/room/mention-names.ts';

const people = [
  { id: 'ann', names: ['ann', 'Ann Lee'] },
  { id: 'anna', names: ['anna'] },
  { id: 'lee', names: ['Ann Lee'] },
  { id: 'zoe', names: ['Zoë'] },
];

describe('a mention', () => {
  it.each([
    ['@ann, please', ['ann']],
    ['(@ANNA)', ['anna']],
    ['@anna and @ann', ['anna', 'ann']],
    ['@Ann Lee', ['ann', 'lee']],
    ['@Ann Leeward', ['ann']],
    ['@annabel', []],
    ['mail ann@ann.org', []],
    ['@@ann', []],
    ['@zoe\u0308!', ['zoe']],
    ['@ann @ann', ['ann']],
    ['@', []],
    ['nobody', []],
  ])('in %j means %j', (text, ids) => expect(findMentions(text, people)).toEqual(ids));

  it('means somebody who is there, each once, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('@', 'a', 'n', 'A', ' ', 'Lee', 'ann', 'ë', '.') }), (text) => {
        const found = findMentions(text, people);
        expect(new Set(found).size).toBe(found.length);
        expect(found.every((id) => people.some((person) => person.id === id))).toBe(true);
        if (!text.includes('@')) expect(found).toEqual([]);
      }),
    );
  });
});
