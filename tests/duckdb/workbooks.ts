import { crc32, deflateRawSync } from 'node:zlib';

/** A part of a ZIP archive. */
export interface ArchivePart {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** What it says to have unpacked, where that is a lie. */
  readonly saidBytes?: number;
}

/** A ZIP archive (APPNOTE.TXT of PKWARE, sections 4.3.7 and 4.3.12). */
export function zipOf(parts: readonly ArchivePart[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content, saidBytes } of parts) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(saidBytes ?? data.length, 18);
    common.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, title, packed]);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('504b0102', 'hex'), Buffer.from('1400', 'hex'), common, end, title]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const last = Buffer.alloc(22);
  last.write('504b0506', 0, 'hex');
  last.writeUInt16LE(parts.length, 8);
  last.writeUInt16LE(parts.length, 10);
  last.writeUInt32LE(directory.length, 12);
  last.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, last]);
}

/** A sheet of a test: its cells as XML rows, or texts and numbers. */
export interface TestSheet {
  readonly name: string;
  readonly rows?: readonly (readonly (string | number | null)[])[];
  /** The XML of `sheetData` and what surrounds it, in place of `rows`. */
  readonly xml?: string;
  readonly state?: 'hidden' | 'veryHidden';
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const letterOf = (index: number): string => String.fromCharCode(65 + index);

/** The rows of a sheet as XML: texts inline, numbers as they are. */
export function rowsXml(rows: NonNullable<TestSheet['rows']>): string {
  const cell = (value: string | number | null, place: string): string => {
    if (value === null) return '';
    return typeof value === 'number' ? `<c r="${place}"><v>${value}</v></c>` : `<c r="${place}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
  };
  const lines = rows.map((row, index) => `<row r="${index + 1}">${row.map((value, column) => cell(value, `${letterOf(column)}${index + 1}`)).join('')}</row>`);
  return `<sheetData>${lines.join('')}</sheetData>`;
}

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relation = (id: string, type: string, target: string): string => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;

/** A workbook as Excel writes one, with what is given. */
export function workbookOf(
  sheets: readonly TestSheet[],
  more: { readonly strings?: string; readonly styles?: string; readonly properties?: string } = {},
): Buffer {
  const sheetTags = sheets.map(
    ({ name, state }, index) =>
      `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"${state === undefined ? '' : ` state="${state}"`}/>`,
  );
  const relations = sheets.map((_, index) => relation(`rId${index + 1}`, 'worksheet', `worksheets/sheet${index + 1}.xml`));
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  const parts: ArchivePart[] = [
    { name: '_rels/.rels', content: `${head}<Relationships>${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>` },
    { name: 'xl/workbook.xml', content: `${head}<workbook xmlns:r="r">${more.properties ?? ''}<sheets>${sheetTags.join('')}</sheets></workbook>` },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `${head}<Relationships>${relations.join('')}${relation('s1', 'sharedStrings', 'sharedStrings.xml')}${relation('s2', 'styles', '/xl/styles.xml')}</Relationships>`,
    },
    ...(more.strings === undefined ? [] : [{ name: 'xl/sharedStrings.xml', content: `${head}<sst>${more.strings}</sst>` }]),
    ...(more.styles === undefined ? [] : [{ name: 'xl/styles.xml', content: `${head}<styleSheet>${more.styles}</styleSheet>` }]),
    ...sheets.map(({ rows = [], xml }, index) => ({
      name: `xl/worksheets/sheet${index + 1}.xml`,
      content: `${head}<worksheet>${xml ?? rowsXml(rows)}</worksheet>`,
    })),
  ];
  return zipOf(parts);
}
