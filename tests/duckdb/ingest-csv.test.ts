import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitsOfOneReader, refusal, startKit, type Kit } from './kit.ts';

let kit: Kit;

beforeAll(async () => {
  kit = await startKit({ limits: limitsOfOneReader });
});

afterAll(async () => {
  await kit[Symbol.asyncDispose]();
});

describe('the dialect', () => {
  it.each<[string, string, Record<string, unknown>, readonly unknown[]]>([
    [
      'commas',
      'a,b\n1,x\n2,y\n',
      { delimiter: ',', header: true },
      [
        [1, 'x'],
        [2, 'y'],
      ],
    ],
    [
      'semicolons and quotes',
      'a;b\n1;"x;y"\n2;"say ""hi"""\n',
      { delimiter: ';', quote: '"', escape: '"' },
      [
        [1, 'x;y'],
        [2, 'say "hi"'],
      ],
    ],
    ['tabs', 'a\tb\n1\tx\n', { delimiter: '\t' }, [[1, 'x']]],
    ['pipes', 'a|b\n1|x\n', { delimiter: '|' }, [[1, 'x']]],
    [
      'CRLF',
      'a,b\r\n1,x\r\n2,y\r\n',
      { delimiter: ',' },
      [
        [1, 'x'],
        [2, 'y'],
      ],
    ],
    ['no newline at the end', 'a,b\n1,x', {}, [[1, 'x']]],
    ['a byte order mark', '\ufeffa,b\n1,x\n', { encoding: 'utf-8' }, [[1, 'x']]],
    [
      'line breaks in quotes',
      'a,b\n1,"two\nlines"\n2,y\n',
      { quote: '"' },
      [
        [1, 'two\nlines'],
        [2, 'y'],
      ],
    ],
    [
      'no header',
      '1,2\n3,4\n5,6\n',
      { header: false },
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    ['one column', 'n\n1\n2\n', { header: true }, [[1], [2]]],
    ['one column of texts with commas in some', 'name\nAnn\nBob, junior\nCid\n', {}, [['Ann'], ['Bob, junior'], ['Cid']]],
    [
      'texts only',
      'name,city\nAnn,Rome\nBob,Oslo\n',
      { header: true },
      [
        ['Ann', 'Rome'],
        ['Bob', 'Oslo'],
      ],
    ],
    [
      'a title above the header',
      'Sales 2024\n\nname,amount\nAnn,1\nBob,2\nCid,3\n',
      { header: true },
      [
        ['Ann', 1],
        ['Bob', 2],
        ['Cid', 3],
      ],
    ],
    [
      'empty fields',
      'a,b\n1,\n,y\n',
      {},
      [
        [1, null],
        [null, 'y'],
      ],
    ],
    ['letters of the world', 'a,b\n1,größe 你好 \u{1F600}\n', { encoding: 'utf-8' }, [[1, 'größe 你好 \u{1F600}']]],
  ])('%s', async (_name, content, report, rows) => {
    const result = await kit.ingest('dialect.csv', content);
    expect(result.report).toMatchObject({ rejectedRowCount: 0, rejectedRows: [], ...report });
    expect(result.previewRows).toEqual(rows);
    expect(result.rowCount).toBe(rows.length);
    expect(await kit.rows('SELECT * FROM data', [result.table])).toEqual(rows);
  });

  it('reads a header without rows as a table without rows', async () => {
    const result = await kit.ingest('header.csv', 'a,b\n');
    expect(result).toMatchObject({ rowCount: 0, previewRows: [], columns: [{ name: 'a', distinctCount: 0, min: null }, { name: 'b' }] });
    expect(result.report.warnings).toContain('The file has a header and no rows.');
    expect(await kit.rows('SELECT count(*) FROM data', [result.table])).toEqual([[0]]);
  });

  it('uses the tab that the name of the file promises', async () => {
    const result = await kit.ingest('hint.tsv', 'a,b\tc\n1,2\t3\n4,5\t6\n', { delimiterHint: '\t' });
    expect(result.report.delimiter).toBe('\t');
    expect(result.previewRows).toEqual([
      [1.2, 3],
      [4.5, 6],
    ]);
  });

  it('gives every column a name of its own', async () => {
    const result = await kit.ingest('names.csv', 'a,A,,a, b\u0007c \n1,2,3,4,5\n');
    expect(result.columns.map(({ name }) => name)).toEqual(['a', 'A_2', 'column_3', 'a_3', 'b c']);
    expect(result.report.warnings).toContain('Column 3 has no name; it is called "column_3".');
    expect(await kit.rows('SELECT a_3, "b c" FROM data', [result.table])).toEqual([[4, 5]]);
  });

  it('takes names for names, whatever stands in them', async () => {
    const result = await kit.ingest('hostile.csv', `"a""; DROP VIEW x; --",'b' || 'c',select\n1,2,3\n`);
    expect(result.columns.map(({ name }) => name)).toEqual(['a"; DROP VIEW x; --', "'b' || 'c'", 'select']);
    expect(await kit.rows('SELECT * FROM data', [result.table])).toEqual([[1, 2, 3]]);
  });
});

describe('the encoding', () => {
  const text = 'name,amount\nGröße,1\nCafé “x” €,2\n';
  const utf16 = (bigEndian: boolean, mark: boolean): Buffer => {
    const buffer = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
    return bigEndian ? buffer.swap16() : buffer;
  };
  const windows = Buffer.from(text.replaceAll('“', '\u0093').replaceAll('”', '\u0094').replaceAll('€', '\u0080'), 'latin1');

  it.each<[string, Buffer]>([
    ['utf-16le', utf16(false, true)],
    ['utf-16be', utf16(true, true)],
    ['utf-16le', utf16(false, false)],
    ['windows-1252', windows],
  ])('reads %s', async (encoding, content) => {
    const result = await kit.ingest('encoding.csv', content);
    expect(result.report.encoding).toBe(encoding);
    expect(result.previewRows).toEqual([
      ['Größe', 1],
      ['Café “x” €', 2],
    ]);
  });

  it('keeps UTF-8 with a few wrong bytes, and says so', async () => {
    const result = await kit.ingest('wrong.csv', Buffer.concat([Buffer.from('a\nGröße äöü ßäöü\n'), Buffer.from([0xff, 0x0a])]));
    expect(result.previewRows).toEqual([['Größe äöü ßäöü'], ['ÿ']]);
    expect(result.report.warnings.join()).toContain('1 byte of the file is not valid UTF-8; it was read as windows-1252');
  });

  it('finds a wrong byte far behind the beginning', async () => {
    const lines = 'word,1\n'.repeat(1_000_000);
    const result = await kit.ingest('late.csv', Buffer.concat([Buffer.from(`a,b\n${lines}`), Buffer.from('caf\u00e9,2\n', 'latin1')]));
    expect(result.report.encoding).toBe('windows-1252');
    expect(await kit.rows('SELECT a FROM data WHERE b = 2', [result.table])).toEqual([['café']]);
  });

  it('unpacks gzip', async () => {
    const result = await kit.ingest('packed.csv', gzipSync('a,b\n1,x\n'), { compression: 'gzip' });
    expect(result.previewRows).toEqual([[1, 'x']]);
  });
});

describe('U02 what is no CSV', () => {
  it.each<[string, string | Buffer, string]>([
    ['nothing', '', 'The file is empty.'],
    ['spaces', ' \n\n \n', 'nothing but spaces'],
    ['a web page', '<!DOCTYPE html><html><body>404</body></html>', 'a web page'],
    ['a web page without a type', '\n  <html><head></head></html>', 'a web page'],
    ['JSON', '{"a": 1, "b": [1, 2]}\n', 'JSON'],
    ['a list of JSON', '[\n  {"a": 1}\n]', 'JSON'],
    ['a workbook', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x06, 0x00]), 'Excel workbook'],
    ['gzip without the name', gzipSync('a,b\n1,2\n'), 'name it .csv.gz'],
    ['binary junk', Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7_919) % 256)), 'binary data'],
    ['zeros', Buffer.alloc(1_000), 'binary data'],
    ['Parquet', 'PAR1aaaaaaaaaaaaPAR1', 'name it .parquet'],
  ])('%s is refused', async (_name, content, reason) => {
    const error = await refusal(kit.ingest('wrong-kind.csv', content));
    expect(error.code).toBe('UNSUPPORTED_FILE');
    expect(error.message).toContain(reason);
    expect((await kit.files()).filter((name) => name.startsWith('wrong-kind'))).toEqual([]);
  });

  it('damaged gzip is refused', async () => {
    const packed = gzipSync('a,b\n1,2\n'.repeat(1_000));
    expect(await refusal(kit.ingest('cut.csv', packed.subarray(0, packed.length - 20), { compression: 'gzip' }))).toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: expect.stringContaining('damaged or cut off'),
    });
  });
});
