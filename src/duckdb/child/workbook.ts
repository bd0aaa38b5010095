import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { DuckDBResult } from '@duckdb/node-api';
import type { Json } from '../../base/json.ts';
import { createUnboundedBudget, readCell } from './cell.ts';
import { ChildFailure } from './failure.ts';

/** The limits of a sheet of Excel ("Excel specifications and limits", Microsoft). */
const mostRows = 1_048_576;
const mostColumns = 16_384;
const longestText = 32_767;

const dayMs = 86_400_000;
/** Day 61 of Excel is the first that its calendar has right: it takes 1900 for a leap year. */
const firstDay = Date.UTC(1900, 2, 1);
const dayZero = Date.UTC(1899, 11, 30);
const dateStyle = 1;
const momentStyle = 2;
const chunkCharacters = 64 * 1024;

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** The parts of a workbook beside its sheet (ECMA-376, part 1). */
const parts: Readonly<Record<string, string>> = {
  '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>`,
};

/** Text in XML. What XML cannot hold is written as `_x0000_`, which Excel reads back; and so is what only looks like that. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('\r', '&#13;');
}

function textCell(text: string, style = 0): string {
  return `<c t="inlineStr"${style === 0 ? '' : ` s="${style}"`}><is><t xml:space="preserve">${escapeText(text)}</t></is></c>`;
}

/** A day or moment as the number of days that Excel counts; null where its calendar has none for it. */
function serialOf(text: string): number | null {
  const time = Date.parse(text.length > 10 ? text.replace(/(\.\d{3})\d*/, '$1').replace(/Z?$/, 'Z') : text);
  return Number.isNaN(time) || time < firstDay || text.length > 30 ? null : (time - dayZero) / dayMs;
}

/** A value as a cell: numbers, yes/no and dates as such, everything else as text. */
function cellXml(value: Json, type: string, place: () => string): string {
  if (value === null) return '<c/>';
  if (typeof value === 'number') return `<c><v>${value}</v></c>`;
  if (typeof value === 'boolean') return `<c t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === 'string' && /^(DATE|TIMESTAMP)/.test(type)) {
    const serial = serialOf(value);
    if (serial !== null) return `<c s="${type === 'DATE' ? dateStyle : momentStyle}"><v>${serial}</v></c>`;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length > longestText) {
    throw new ChildFailure(
      'SQL_TOO_LARGE',
      `${place()} has a text of ${text.length} characters; a cell of a workbook holds ${longestText}. Shorten it, or export CSV or Parquet.`,
    );
  }
  return textCell(text);
}

/** The sheet as XML, in pieces, row by row as the result gives them. */
async function* sheetXml(result: DuckDBResult, count: { rows: number }): AsyncGenerator<string> {
  const names = result.columnNames();
  const columnTypes = result.columnTypes().map((type) => type.toString());
  let piece = `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData><row>${names.map((name) => textCell(name, 3)).join('')}</row>`;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const vectors = Array.from({ length: chunk.columnCount }, (_, index) => chunk?.getColumnVector(index));
    for (let row = 0; row < chunk.rowCount; row += 1) {
      count.rows += 1;
      if (count.rows >= mostRows) {
        throw new ChildFailure(
          'SQL_TOO_LARGE',
          `The result has more rows than the ${mostRows - 1} of a sheet of a workbook. Filter or aggregate, or export CSV or Parquet.`,
        );
      }
      const cells = vectors.map((vector, column) =>
        vector === undefined
          ? ''
          : cellXml(readCell(vector, row, createUnboundedBudget()), columnTypes[column] ?? '', () => `Row ${count.rows} of "${names[column] ?? ''}"`),
      );
      piece += `<row>${cells.join('')}</row>`;
      if (piece.length < chunkCharacters) continue;
      yield piece;
      piece = '';
    }
  }
  yield `${piece}</sheetData></worksheet>`;
}

/**
 * Writes a result as a workbook of Excel with one sheet, streaming: neither the rows nor the file are ever whole in memory. By hand, because
 * of the kept libraries none writes rows as they come; the packing is that of yazl.
 *
 * @returns how many rows were written
 * @throws ChildFailure SQL_TOO_LARGE for what a sheet cannot hold
 */
export async function writeWorkbook(result: DuckDBResult, path: string): Promise<number> {
  if (result.columnCount > mostColumns) {
    throw new ChildFailure(
      'SQL_TOO_LARGE',
      `The result has ${result.columnCount} columns; a sheet of a workbook holds ${mostColumns}. Select those that matter.`,
    );
  }
  const zip = new yazl.ZipFile();
  for (const [name, text] of Object.entries(parts)) zip.addBuffer(Buffer.from(declaration + text), name);
  const count = { rows: 0 };
  const sheet = Readable.from(sheetXml(result, count), { objectMode: false });
  const written = pipeline(zip.outputStream, createWriteStream(path));
  const failure = Promise.withResolvers<never>();
  // The packer does not pass on what its sources fail with.
  sheet.once('error', failure.reject);
  zip.addReadStream(sheet, 'xl/worksheets/sheet1.xml');
  zip.end();
  try {
    await Promise.race([written, failure.promise]);
  } finally {
    written.catch(() => undefined);
    if ('destroy' in zip.outputStream && typeof zip.outputStream.destroy === 'function') zip.outputStream.destroy();
  }
  return count.rows;
}
