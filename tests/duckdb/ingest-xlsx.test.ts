import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIngests } from './in-process.ts';
import { rowsXml, workbookOf, zipOf } from './workbooks.ts';

const people = [
  ['name', 'age'],
  ['Ada', 36],
  ['Grace', 45],
];

describe('ingest of workbooks', () => {
  let here: Awaited<ReturnType<typeof startIngests>>;
  beforeAll(async () => {
    here = await startIngests();
  });
  afterAll(() => here[Symbol.asyncDispose]());

  it('reads the sheet of a workbook', async () => {
    const { shape, rows, report } = await here.ingest('a.xlsx', workbookOf([{ name: 'People', rows: people }]));
    expect(shape).toEqual({ name: 'VARCHAR', age: 'BIGINT' });
    expect(rows).toEqual([
      ['Ada', 36],
      ['Grace', 45],
    ]);
    expect(report).toMatchObject({ delimiter: null, quote: null, encoding: null, header: true, tables: [], warnings: [], rejectedRowCount: 0 });
  });

  it('reads shared texts, dates, times, numbers as Excel shows them, formulas, truth values and errors', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="00000"/><numFmt numFmtId="166" formatCode="#,##0.00 &quot;days&quot;"/></numFmts>' +
      '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>';
    const strings = '<si><t>day</t></si><si><r><t>mo</t></r><r><t xml:space="preserve">ment</t></r><rPh><t>x</t></rPh></si><si><t>a, "b"&#10;c_x0041_</t></si>';
    const heads = [
      '<c t="s"><v>0</v></c>',
      '<c t="s"><v>1</v></c>',
      ...['hour', 'code', 'number', 'total', 'isPaid', 'text', 'wrong', 'iso'].map((name) => `<c t="inlineStr"><is><t>${name}</t></is></c>`),
    ];
    const row = (day: number, iso: string): string =>
      `<row><c s="1"><v>${day}</v></c><c s="2"><v>${day}.75</v></c><c s="3"><v>0.5</v></c><c s="4"><v>123</v></c><c s="5"><v>19.989999999999998</v></c>` +
      `<c t="str"><f>A1&amp;"x"</f><v>sum</v></c><c t="b"><v>1</v></c><c t="s"><v>2</v></c><c t="e"><v>#DIV/0!</v></c><c t="d"><v>${iso}</v></c></row>`;
    const xml = `<sheetData><row>${heads.join('')}</row>${row(45_000, '2024-01-02')}${row(45_001, '2024-01-03')}</sheetData>`;
    const { shape, rows, report } = await here.ingest('a.xlsx', workbookOf([{ name: 'S', xml }], { styles, strings }));
    expect(shape).toMatchObject({
      day: 'DATE',
      moment: 'TIMESTAMP',
      hour: 'TIME',
      code: 'VARCHAR',
      number: 'DOUBLE',
      total: 'VARCHAR',
      isPaid: 'BOOLEAN',
      iso: 'DATE',
    });
    expect(rows[0]).toEqual([
      '2023-03-15',
      expect.stringMatching(/^2023-03-15[ T]18:00:00/),
      '12:00:00',
      '00123',
      19.99,
      'sum',
      true,
      'a, "b"\ncA',
      null,
      '2024-01-02',
    ]);
    expect(report.warnings).toContain('2 cells hold errors such as #DIV/0!; they were read as missing values.');
  });

  it("counts days from 1904 where the workbook does, and takes the day before Excel's 29 February 1900 for what it is", async () => {
    const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>';
    const xml = `<sheetData><row><c t="inlineStr"><is><t>day</t></is></c></row><row><c s="1"><v>1</v></c></row><row><c s="1"><v>59</v></c></row></sheetData>`;
    const days = async (properties: string) => (await here.ingest('a.xlsx', workbookOf([{ name: 'S', xml }], { styles, properties }))).rows.flat();
    expect(await days('')).toEqual(['1900-01-01', '1900-02-28']);
    expect(await days('<workbookPr date1904="1"/>')).toEqual(['1904-01-02', '1904-02-29']);
  });

  it('reads the first visible sheet with a table, lists all, and reads another on demand', async () => {
    const workbook = workbookOf([
      { name: 'Hidden', rows: people, state: 'hidden' },
      { name: 'Cover', rows: [['Report']] },
      { name: 'People', rows: people },
      { name: 'Cities', xml: `<dimension ref="A1:A3"/>${rowsXml([['city'], ['Oslo'], ['Rome']])}` },
    ]);
    const { rows, report } = await here.ingest('a.xlsx', workbook);
    expect(rows).toHaveLength(2);
    expect(report.tables.map(({ name, isRead }) => [name, isRead])).toEqual([
      ['Hidden', false],
      ['Cover', false],
      ['People', true],
      ['Cities', false],
    ]);
    expect(report.tables[3]).toMatchObject({ firstLine: 1, lastLine: 3, rowCount: 3, columnCount: 1 });
    expect(report.warnings).toEqual([
      'The sheet "People" was read; the workbook also has "Cover", "Cities". Read the file again with another "sheet" for one of them.',
      'Hidden sheets were not looked at: "Hidden".',
    ]);
    expect((await here.ingest('a.xlsx', workbook, { sheet: 'cities' })).rows).toEqual([['Oslo'], ['Rome']]);
    expect((await here.ingest('a.xlsx', workbook, { table: 4 })).report.tables[3]).toMatchObject({ name: 'Cities', isRead: true });
    await expect(here.ingest('a.xlsx', workbook, { sheet: 'Towns' })).rejects.toThrow('no sheet "Towns"; it has "Hidden", "Cover", "People", "Cities"');
    await expect(here.ingest('a.xlsx', workbook, { table: 5 })).rejects.toThrow('no sheet 5');
  });

  it('gives the rows under a merged cell the value of their group, and takes a table that does not begin at A1', async () => {
    const cell = (place: string, text: string): string => `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`;
    const xml =
      `<dimension ref="A1:Z9"/><sheetData><row r="3">${cell('B3', 'region')}${cell('C3', 'city')}</row><row r="4">${cell('B4', 'North')}${cell('C4', 'Oslo')}</row>` +
      `<row r="5">${cell('C5', 'Umea')}</row><row r="6">${cell('B6', 'South')}${cell('C6', 'Rome')}</row><row r="7">${cell('C7', 'Bari')}</row></sheetData>` +
      '<mergeCells><mergeCell ref="B4:B5"/><mergeCell ref="B3:B3"/></mergeCells>';
    const { rows, report } = await here.ingest('a.xlsx', workbookOf([{ name: 'S', xml }]));
    expect(rows).toEqual([
      ['North', 'Oslo'],
      ['North', 'Umea'],
      ['South', 'Rome'],
      [null, 'Bari'],
    ]);
    expect(report.warnings).toContain('Under cells that are merged over several rows, 1 were given the value of their group.');
  });

  const good = workbookOf([{ name: 'People', rows: people }]);
  const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(512)]);
  /** The workbook with some bytes changed, counted from the last place where a mark stands: there its only sheet is told of. */
  const changed = (bytes: Buffer, mark: string, offset: number, hex: string): Buffer => {
    const copy = Buffer.from(bytes);
    copy.write(hex, copy.lastIndexOf(Buffer.from(mark, 'hex')) + offset, 'hex');
    return copy;
  };
  it.each([
    ['an empty file', Buffer.alloc(0), 'The file is empty'],
    ['a part without its mark', changed(good, '504b0304', 0, '00000000'), 'damaged or cut off (invalid local file header signature'],
    ['a part whose name never ends', changed(good, '504b0304', 26, 'ffffffff'), 'damaged or cut off'],
    ['a part packed in an unknown way', changed(good, '504b0102', 10, '6300'), 'damaged or cut off (unsupported compression method'],
    ['a part whose packed bytes are none', changed(good, '504b0304', 54, 'ffffffffffffffff'), 'damaged or cut off'],
    ['a part that lies beyond the end', changed(good, '504b0102', 42, 'ffffff7f'), 'damaged or cut off'],
    ['an old workbook', old, 'an old Excel workbook (.xls)'],
    ['a workbook with a password', Buffer.concat([old, Buffer.from('EncryptedPackage', 'utf16le')]), 'protected by a password'],
    ['CSV', Buffer.from('a,b\n1,2\n'), 'no workbook of Excel'],
    ['a workbook that is cut off', good.subarray(0, good.length - 200), 'damaged or cut off'],
    ['another archive', zipOf([{ name: 'word/document.xml', content: '<document/>' }]), 'an archive, but no workbook'],
    ['a workbook without a value', workbookOf([{ name: 'S', rows: [] }]), 'No sheet of the workbook holds any value'],
    ['malformed XML', workbookOf([{ name: 'S', xml: '<sheetData><row><c></row>' }]), 'not well-formed XML'],
    ['entities of its own', workbookOf([{ name: 'S', xml: '&bomb;' }]), 'not well-formed XML'],
    [
      'more columns than are allowed',
      workbookOf([{ name: 'S', xml: '<sheetData><row><c r="A1"><v>1</v></c><c r="AAA1"><v>1</v></c></row></sheetData>' }]),
      'at most 50',
    ],
    ['parts that say to be too large', zipOf([{ name: 'xl/workbook.xml', content: '<workbook/>', saidBytes: 60_000_000 }]), 'larger than 50000000 bytes'],
    ['parts that are larger than they say', zipOf([{ name: '_rels/.rels', content: `<a>${' '.repeat(100_000)}</a>`, saidBytes: 1_000 }]), 'damaged or cut off'],
    ['more parts than a workbook has', zipOf(Array.from({ length: 10_001 }, (_, index) => ({ name: `x${index}`, content: '' }))), '10000 are the most'],
  ])('U02 refuses %s', async (_what, content, message) => {
    const failure: unknown = await here.ingest('a.xlsx', content).catch((error: unknown) => error);
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain(here.folder);
  });

  it('U02 stops at a text that is repeated until it fills the disk', async () => {
    const strings = `<si><t>${'x'.repeat(30_000)}</t></si>`;
    const xml = `<sheetData>${'<row><c t="s"><v>0</v></c></row>'.repeat(3_000)}</sheetData>`;
    await expect(here.ingest('a.xlsx', workbookOf([{ name: 'S', xml }], { strings }))).rejects.toThrow('larger than 50000000 bytes');
  });
});
