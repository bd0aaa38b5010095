import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a sentence of a set is held to be. */
export type Held = 'POSITIVE' | 'NEGATIVE' | 'NEUTRAL';

/** A sentence and what it is held to be. */
export interface Example {
  readonly text: string;
  readonly held: Held;
}

/** Sentences of one kind: some to write rules by, and others to measure them, which were written when the rules were done. */
export interface ExampleSet {
  readonly name: string;
  readonly development: readonly Example[];
  readonly heldOut: readonly Example[];
}

const signs: Readonly<Record<string, Held>> = { '+': 'POSITIVE', '-': 'NEGATIVE', '=': 'NEUTRAL' };

const folder = join(import.meta.dirname, 'sets');

function readExamples(file: string): readonly Example[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const held = signs[line[0] ?? ''];
      return held === undefined ? [] : [{ text: line.slice(2), held }];
    });
}

/** The sets of tests/sentiment/sets. */
export function readSets(): readonly ExampleSet[] {
  const files = globSync('*.txt', { cwd: join(folder, 'development') }).toSorted();
  return files.map((file) => ({
    name: file.replace(/\.txt$/, ''),
    development: readExamples(join(folder, 'development', file)),
    heldOut: readExamples(join(folder, 'held-out', file)),
  }));
}
