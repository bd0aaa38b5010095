import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonElements, type JsonElement, type JsonElementsOptions } from '../../src/base/json-elements.ts';

const wide = { maxElementBytes: 1_000_000, maxDepth: 100 };

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function elementsOf(text: string | Buffer, options: JsonElementsOptions = wide, size = 7): Promise<readonly JsonElement[]> {
  return Array.fromAsync(jsonElements(inPieces(Buffer.from(text), size), options));
}

const parsed = ({ bytes }: JsonElement): unknown => JSON.parse(String(bytes));

describe('the elements of a JSON document', () => {
  it('are what JSON.parse gives, however the bytes are cut', async () => {
    const sizes = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.boolean(), sizes, async (values, isPretty, size) => {
        const text = JSON.stringify(values, null, isPretty ? 1 : 0);
        expect((await elementsOf(text, wide, size)).map(parsed)).toEqual(JSON.parse(text));
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), sizes, async (members, size) => {
        const text = JSON.stringify(members);
        const found = (await elementsOf(text, wide, size)).map((element) => [element.key, parsed(element)]);
        expect(found).toEqual(Object.entries(JSON.parse(text)));
      }),
    );
  });

  it('are those of the lists of an object as well, where that is asked for', async () => {
    const text = ' {"head": {"messages": [1]}, "messages": [ {"a":1}, [2], "]" ], "empty": [], "tail": true } ';
    const found = await elementsOf(text, { ...wide, lists: ['messages', 'empty'] });
    expect(found.map((element) => [element.key, element.index, parsed(element)])).toEqual([
      ['head', 0, { messages: [1] }],
      ['messages', 0, { a: 1 }],
      ['messages', 1, [2]],
      ['messages', 2, ']'],
      ['tail', 0, true],
    ]);
  });

  it('I01 are passed over where they are too large or too deep, and the others come', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const found = await elementsOf(`["small",{"large":"${'x'.repeat(5_000)}"},${deep},2]`, { maxElementBytes: 200_000, maxDepth: 40 }, 1_000);
    expect(found.map(({ bytes }) => bytes?.length ?? null)).toEqual([7, 5_012, null, 1]);
    const small = await elementsOf(`[1,"${'x'.repeat(5_000)}",3]`, { ...wide, maxElementBytes: 100 }, 1_000);
    expect(small.map(({ bytes, byteCount }) => [bytes === null, byteCount])).toEqual([
      [false, 1],
      [true, 5_002],
      [false, 1],
    ]);
  });

  it('begin behind a byte order mark', async () => {
    expect((await elementsOf('\u{FEFF}[1]')).map(parsed)).toEqual([1]);
    expect((await elementsOf('\u{FEFF}[1]', wide, 1)).map(parsed)).toEqual([1]);
  });

  it.each([
    ['', 'breaks off'],
    ['[', 'breaks off'],
    ['[1', 'breaks off'],
    ['[1,', 'breaks off'],
    ['["abc', 'breaks off'],
    ['{"a"', 'breaks off'],
    ['{"a":1', 'breaks off'],
    ['[1 2]', 'A "," is missing'],
    ['[,1]', 'A value is missing'],
    ['[1,]', 'A value is missing'],
    ['{1:2}', 'The name of a member is missing'],
    ['{"a" 1}', 'A ":" is missing'],
    ['{"a":1,}', 'The name of a member is missing'],
    ['[1] [2]', 'behind the end'],
    ['"text"', 'begins with neither'],
    ['<html>', 'begins with neither'],
    [`{"${'k'.repeat(2_000)}":1}`, 'more than 1000 bytes'],
  ])('end with a clear word at %s', async (text, message) => {
    await expect(elementsOf(text)).rejects.toThrow(message);
    await expect(elementsOf(text, wide, 1)).rejects.toThrow(message);
  });

  it('gives what comes before the place where the document breaks off', async () => {
    const found: unknown[] = [];
    await expect(
      (async () => {
        for await (const element of jsonElements(inPieces(Buffer.from('[{"a":1},{"b":2},{"c":'), 4), wide)) found.push(parsed(element));
      })(),
    ).rejects.toThrow('breaks off');
    expect(found).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it('are refused in UTF-16 and UTF-32, by name', async () => {
    for (const bytes of [Buffer.from('\u{FEFF}[1]', 'utf16le'), Buffer.from('[1]', 'utf16le'), Buffer.from([0, 0, 0, 0x5b])])
      await expect(elementsOf(bytes)).rejects.toThrow('not UTF-8');
  });
});
