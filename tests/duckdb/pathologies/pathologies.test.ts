import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { severalTables, surroundings } from './around.ts';
import { blindOne } from './blind-one.ts';
import { blindTwo } from './blind-two.ts';
import { delimiters, quotes } from './delimiters.ts';
import { comparison, createReader, type Pathology, type Reader } from './kit.ts';
import { overrides } from './overrides.ts';
import { realExports } from './real-exports.ts';
import { damage, ragged } from './rows.ts';
import { comments, encodings, headers, lineEnds } from './text.ts';

let reader: Reader;

beforeAll(async () => {
  reader = await createReader();
});

afterAll(async () => {
  await reader[Symbol.asyncDispose]();
});

describe.each<[string, readonly Pathology[]]>([
  ['delimiters', delimiters],
  ['quotes', quotes],
  ['ragged rows', ragged],
  ['damage', damage],
  ['lines around a table', surroundings],
  ['several tables', severalTables],
  ['encodings', encodings],
  ['line ends', lineEnds],
  ['headers', headers],
  ['comments', comments],
  ['overrides', overrides],
  ['real exports', realExports],
  ['first blind files', blindOne],
  ['second blind files', blindTwo],
])('%s: every cell is right', (_group, pathologies) => {
  it.each(pathologies)('$name', async (pathology) => {
    const { expected, found } = comparison(pathology, await reader.read(pathology.file, pathology.options, pathology.hint));
    expect(found).toEqual(expected);
  });
});
