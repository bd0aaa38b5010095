import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { protections } from '../protections/protections.ts';

const cases: readonly string[] = readFileSync('docs/attacks.md', 'utf8').match(/(?<=^\| )[A-Z]\d\d\b/gm) ?? [];
const tests = globSync('tests/**/*.ts', { exclude: ['tests/house/**', 'tests/protections/**'] }).map((file) => readFileSync(file, 'utf8'));

describe('the cases of docs/attacks.md', () => {
  it('are all known', () => {
    expect(cases.length).toBeGreaterThan(40);
    expect(protections.map(({ id }) => id).filter((id) => !cases.includes(id))).toEqual([]);
  });

  it.each(cases)('have tests that carry their id: %s', (id) => {
    expect(tests.some((text) => text.includes(id))).toBe(true);
  });

  // Ordinary analytics are no attack: there is nothing to take out.
  it.each(cases.filter((id) => id !== 'D05'))('have a protection that can be taken out: %s', (id) => {
    expect(protections.map((protection) => protection.id)).toContain(id);
  });

  it.each(protections)('still have the protection of $id: $what', ({ file, find }) => {
    expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2);
  });
});
