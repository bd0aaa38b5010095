import { describe, expect, it } from 'vitest';
import { createContestants } from './contestants.ts';
import { measure } from './measure.ts';
import { readSets } from './sets.ts';

const { local, ...others } = createContestants();

describe('the rules for English', () => {
  it.each(readSets())('tell the held-out sentences of "$name" apart better than both libraries', ({ heldOut }) => {
    const ours = measure(local, heldOut);
    for (const other of Object.values(others)) {
      const theirs = measure(other, heldOut);
      expect(ours.f1).toBeGreaterThan(theirs.f1);
      // Of thirty sentences two may well be told apart equally often.
      expect(ours.recall).toBeGreaterThanOrEqual(theirs.recall);
    }
  });

  it('tell the held-out sentences of all sets together apart far better than both libraries', () => {
    const all = readSets().flatMap(({ heldOut }) => heldOut);
    const ours = measure(local, all);
    for (const other of Object.values(others)) {
      const theirs = measure(other, all);
      expect(ours.recall - theirs.recall).toBeGreaterThan(0.1);
      expect(ours.f1 - theirs.f1).toBeGreaterThan(0.1);
    }
  });

  it.each(readSets())('have at least sixty sentences in "$name", as many of each class, none twice', ({ development, heldOut }) => {
    const all = [...development, ...heldOut];
    const counts = Map.groupBy(all, ({ held }) => held);
    expect(all.length).toBeGreaterThanOrEqual(60);
    expect(new Set([...counts.values()].map((group) => group.length)).size).toBe(1);
    expect(new Set(all.map(({ text }) => text.toLowerCase())).size).toBe(all.length);
  });
});
