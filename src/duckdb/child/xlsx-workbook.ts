import { posix } from 'node:path';
import { ChildFailure } from './failure.ts';
import type { XlsxArchive } from './xlsx-archive.ts';
import { cellFormat, type CellFormat } from './xlsx-formats.ts';
import { readXml } from './xml.ts';

/** A sheet with cells. */
export interface XlsxSheet {
  readonly name: string;
  readonly isHidden: boolean;
  /** The part of the archive that holds its cells. */
  readonly part: string;
}

/** What the cells of all sheets refer to. */
export interface XlsxWorkbook {
  readonly sheets: readonly XlsxSheet[];
  readonly strings: readonly string[];
  /** The formats of the styles, by their number. */
  readonly formats: readonly CellFormat[];
  readonly isSince1904: boolean;
}

/** Texts that cells refer to are held in memory. */
const mostStringCharacters = 64_000_000;
const mostStrings = 2_000_000;

interface Relation {
  readonly type: string;
  readonly target: string;
}

/** The relations of a part, by their ids. */
async function readRelations(archive: XlsxArchive, part: string): Promise<ReadonlyMap<string, Relation>> {
  const folder = posix.dirname(part);
  const path = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  const relations = new Map<string, Relation>();
  if (!archive.has(path)) return relations;
  await readXml(await archive.read(path), {
    opened(name, { Id = '', Type = '', Target = '' }) {
      if (name !== 'Relationship') return;
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
      relations.set(Id, { type: Type.split('/').at(-1) ?? '', target });
    },
  });
  return relations;
}

async function readSheets(archive: XlsxArchive, part: string): Promise<Pick<XlsxWorkbook, 'sheets' | 'isSince1904'>> {
  const relations = await readRelations(archive, part);
  const sheets: XlsxSheet[] = [];
  let isSince1904 = false;
  await readXml(await archive.read(part), {
    opened(name, attributes) {
      if (name === 'workbookPr') isSince1904 = /^(1|true)$/.test(attributes['date1904'] ?? '');
      if (name !== 'sheet') return;
      const relation = relations.get(attributes['r:id'] ?? Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '');
      // A sheet may also be a chart or a dialogue, which have no cells.
      if (relation?.type !== 'worksheet') return;
      sheets.push({ name: attributes['name'] ?? '', isHidden: /hidden/i.test(attributes['state'] ?? ''), part: relation.target });
    },
  });
  return { sheets, isSince1904 };
}

async function readStrings(archive: XlsxArchive, part: string | undefined): Promise<readonly string[]> {
  const strings: string[] = [];
  if (part === undefined || !archive.has(part)) return strings;
  let [current, characters, phonetic, isText] = ['', 0, 0, false];
  await readXml(await archive.read(part), {
    opened(name) {
      if (name === 'si') current = '';
      else if (name === 'rPh') phonetic += 1;
      else isText = name === 't';
    },
    text(text) {
      // What stands above East Asian text to help with its reading is not of the text.
      if (isText && phonetic === 0) current += text;
    },
    closed(name) {
      isText = false;
      if (name === 'rPh') phonetic -= 1;
      if (name !== 'si') return;
      characters += current.length;
      strings.push(current);
      if (characters > mostStringCharacters || strings.length > mostStrings)
        throw new ChildFailure(
          'UNSUPPORTED_FILE',
          'The workbook holds more different texts than can be kept in memory. Save the sheet as CSV, and upload that.',
        );
    },
  });
  return strings;
}

async function readFormats(archive: XlsxArchive, part: string | undefined): Promise<readonly CellFormat[]> {
  const codes = new Map<number, string>();
  const formats: CellFormat[] = [];
  if (part === undefined || !archive.has(part)) return formats;
  let isInStyles = false;
  await readXml(await archive.read(part), {
    opened(name, attributes) {
      const id = Number(attributes['numFmtId'] ?? 0);
      if (name === 'numFmt') codes.set(id, attributes['formatCode'] ?? '');
      else if (name === 'cellXfs') isInStyles = true;
      else if (name === 'xf' && isInStyles) formats.push(cellFormat(id, codes.get(id)));
    },
    closed(name) {
      if (name === 'cellXfs') isInStyles = false;
    },
  });
  return formats;
}

/**
 * Reads what a workbook says of itself, without its cells.
 *
 * @throws ChildFailure UNSUPPORTED_FILE when it is no workbook, or has no sheet with cells
 */
export async function readWorkbook(archive: XlsxArchive): Promise<XlsxWorkbook> {
  const roots = [...(await readRelations(archive, '')).values()];
  const part = roots.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml';
  if (!archive.has(part) || !part.startsWith('xl/'))
    throw new ChildFailure('UNSUPPORTED_FILE', 'The file is an archive, but no workbook of Excel. Give it the ending of what it is, or save it as .xlsx.');
  if (part.endsWith('.bin')) throw new ChildFailure('UNSUPPORTED_FILE', 'The file is a binary workbook (.xlsb). Save it as .xlsx, and upload it again.');
  const { sheets, isSince1904 } = await readSheets(archive, part);
  if (sheets.length === 0) throw new ChildFailure('UNSUPPORTED_FILE', 'The workbook has no sheet with cells.');
  const relations = [...(await readRelations(archive, part)).values()];
  const partOf = (type: string): string | undefined => relations.find((relation) => relation.type === type)?.target;
  return {
    sheets,
    isSince1904,
    strings: await readStrings(archive, partOf('sharedStrings')),
    formats: await readFormats(archive, partOf('styles')),
  };
}
