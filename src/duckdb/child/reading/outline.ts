import { headerEvidence } from './header.ts';
import { textOfBytes } from './marks.ts';
import { plainRecord, type TextRecord } from './tokenizer.ts';

/** Rows that belong together: nothing but damage is between them. */
export interface Block {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly rowCount: number;
  /** Its first and its last rows; they overlap in short blocks. */
  readonly head: readonly TextRecord[];
  readonly tail: readonly TextRecord[];
  /** How many rows have how many fields. */
  readonly widths: ReadonlyMap<number, number>;
  /** The same without the empty fields at their ends. */
  readonly filledWidths: ReadonlyMap<number, number>;
  /** The number of fields that most rows have. */
  readonly width: number;
  /** The comment right before its first row. */
  readonly comment: TextRecord | null;
}

/** What a text is made of. */
export interface Outline {
  readonly blocks: readonly Block[];
  readonly lineCount: number;
}

/** A row as it stands in the file. */
interface PlainLine {
  readonly raw: string;
  readonly line: number;
}

interface OpenBlock {
  firstLine: number;
  lastLine: number;
  rowCount: number;
  head: TextRecord[];
  tail: (TextRecord | PlainLine)[];
  widths: Map<number, number>;
  filledWidths: Map<number, number>;
  /** The number of fields that most rows have. */
  mode: number;
  comment: TextRecord | null;
}

const keptHead = 100;
const keptTail = 40;
const mostBlocks = 2_000;
/** How many rows decide whether a new table begins. */
const pendingRows = 4;

/** The cells of a record as texts. */
export function cellsOf(record: TextRecord): readonly string[] {
  return record.fields.map(textOfBytes);
}

/** How many fields a record has without the empty ones at its end. */
export function filledWidth(fields: readonly string[]): number {
  let width = fields.length;
  while (width > 0 && (fields[width - 1] ?? '').trim() === '') width -= 1;
  return width;
}

/** The key of the largest value; of equals, the larger key. */
export function modeOf(counts: ReadonlyMap<number, number>): number {
  let best = 0;
  for (const [key, count] of counts) {
    const most = counts.get(best) ?? 0;
    if (count > most || (count === most && key > best)) best = key;
  }
  return best;
}

function newBlock(comment: TextRecord | null): OpenBlock {
  return { firstLine: 0, lastLine: 0, rowCount: 0, head: [], tail: [], widths: new Map(), filledWidths: new Map(), mode: 0, comment };
}

function append(block: OpenBlock, record: TextRecord): void {
  if (block.rowCount === 0) block.firstLine = record.line;
  block.lastLine = record.line + record.lineCount - 1;
  block.rowCount += 1;
  const filled = filledWidth(record.fields);
  block.widths.set(record.fields.length, (block.widths.get(record.fields.length) ?? 0) + 1);
  block.filledWidths.set(filled, (block.filledWidths.get(filled) ?? 0) + 1);
  if (block.head.length < keptHead) block.head.push(record);
  block.mode = block.widths.size === 1 ? record.fields.length : modeOf(block.widths);
  keepLast(block, record);
}

function keepLast(block: OpenBlock, record: TextRecord | PlainLine): void {
  block.tail.push(record);
  if (block.tail.length > keptTail * 2) block.tail.splice(0, keptTail);
}

/** Takes records one after another, and tells in constant memory what they make up. */
export interface Outliner {
  take(record: TextRecord): void;
  /** Takes a row that is like those before it; false where it is not plain that it is. */
  takePlain(raw: string, line: number): boolean;
  finish(): Outline;
}

/**
 * Makes an outliner. A new block begins where the number of columns changes for good, or where names stand above other values.
 *
 * @param delimiter in bytes
 * @param expectedWidth how many fields plain rows have
 */
export function createOutliner(delimiter: string, expectedWidth: number): Outliner {
  const blocks: OpenBlock[] = [];
  let pending: TextRecord[] = [];
  let pendingComment: TextRecord | null = null;
  let comment: TextRecord | null = null;
  let isAfterBlank = false;
  let isPendingAfterBlank = false;
  let lineCount = 0;
  const lastOfDelimiter = delimiter.charCodeAt(delimiter.length - 1);

  const widthOf = (block: OpenBlock): number => block.mode;
  const isNote = (block: OpenBlock): boolean => widthOf(block) === 1;
  const open = (records: readonly TextRecord[]): void => {
    const block = newBlock(pendingComment);
    for (const record of records) append(block, record);
    blocks.push(block);
  };
  const join = (block: OpenBlock, records: readonly TextRecord[]): void => {
    for (const record of records) append(block, record);
  };

  /** Puts the rows that wait where they belong. */
  const settle = (): void => {
    if (pending.length === 0) return;
    const records = pending;
    pending = [];
    const last = blocks.at(-1);
    if (last === undefined) {
      // What comes after another number of fields waits on, for it may be the table below a preamble.
      const change = records.findIndex(({ fields }) => fields.length !== records[0]?.fields.length);
      open(change === -1 ? records : records.slice(0, change));
      pending = change === -1 ? [] : records.slice(change);
      return;
    }
    if (blocks.length >= mostBlocks) return join(last, records);
    if (isNote(last) && records.every(({ fields }) => fields.length === 1)) return join(last, records);
    const notesFrom = lastTableOf(blocks);
    const table = blocks[notesFrom];
    const start = records.findIndex(({ fields }) => fields.length > 1);
    // Only notes: at the end of a block they may be short rows, after a blank line they are not.
    if (start === -1) return table !== undefined && !isPendingAfterBlank && !isNote(last) ? join(last, records) : open(records);
    if (table === undefined) return open(records);
    const rows = records.slice(start);
    const isBeginning = beginsTable(rows, table, { hasNotes: start > 0 || isNote(last), isAfterBlank: isPendingAfterBlank });
    if (isBeginning || (isPendingAfterBlank && isOfOtherWidth(rows, table))) {
      // Notes in between are the title of what comes.
      if (start > 0) open(records.slice(0, start));
      return open(rows);
    }
    // The table goes on: what stood in between are broken rows of it.
    for (const note of blocks.splice(notesFrom + 1)) join(table, note.head);
    return join(table, records);
  };

  const settleAll = (): void => {
    while (pending.length > 0) settle();
  };

  return {
    take(record) {
      lineCount = record.line + record.lineCount - 1;
      if (record.kind === 'ruler' || record.kind === 'skipped') return;
      if (record.kind === 'comment') {
        comment = record;
        return;
      }
      const isDivider = record.kind === 'blank' || (record.fields.length > 1 && filledWidth(record.fields) === 0);
      if (isDivider) {
        settleAll();
        isAfterBlank = true;
        return;
      }
      const last = blocks.at(-1);
      const isOdd = last === undefined || isAfterBlank || record.fields.length !== widthOf(last);
      if (pending.length > 0 || isOdd) {
        if (pending.length === 0) {
          isPendingAfterBlank = isAfterBlank;
          pendingComment = comment;
        }
        pending.push(record);
        if (pending.length >= pendingRows) settle();
      } else append(last, record);
      isAfterBlank = false;
      comment = null;
    },
    takePlain(raw, line) {
      const last = blocks.at(-1);
      if (last === undefined || pending.length > 0 || isAfterBlank || last.mode !== expectedWidth || last.head.length < keptHead) return false;
      // An empty field at the end would have to be counted.
      const end = raw.charCodeAt(raw.length - 1);
      if (end === lastOfDelimiter || end === 32 || end === 9) return false;
      lineCount = last.lastLine = line;
      last.rowCount += 1;
      last.widths.set(expectedWidth, (last.widths.get(expectedWidth) ?? 0) + 1);
      last.filledWidths.set(expectedWidth, (last.filledWidths.get(expectedWidth) ?? 0) + 1);
      keepLast(last, { raw, line });
      comment = null;
      return true;
    },
    finish() {
      settleAll();
      const recordOf = (kept: TextRecord | PlainLine): TextRecord => ('kind' in kept ? kept : plainRecord(kept.raw, kept.line, delimiter));
      return { blocks: blocks.map((block) => ({ ...block, tail: block.tail.slice(-keptTail).map(recordOf), width: widthOf(block) })), lineCount };
    },
  };
}

function lastTableOf(blocks: readonly OpenBlock[]): number {
  return blocks.findLastIndex((block) => block.mode > 1);
}

/** Whether no row has the number of fields that a good part of a table has. */
function isOfOtherWidth(rows: readonly TextRecord[], table: OpenBlock): boolean {
  const isUsual = (width: number): boolean => (table.widths.get(width) ?? 0) >= table.rowCount * 0.3;
  return rows.every(({ fields }) => !isUsual(fields.length) && !isUsual(filledWidth(fields)));
}

/** Whether rows begin a table of their own: the first of them names what stands below it. */
function beginsTable(rows: readonly TextRecord[], table: OpenBlock, about: { readonly hasNotes: boolean; readonly isAfterBlank: boolean }): boolean {
  const [first, ...below] = rows;
  if (first === undefined || below.length === 0) return false;
  const same = below.filter(({ fields }) => fields.length === first.fields.length);
  if (same.length < below.length || filledWidth(first.fields) < 2) return false;
  const header = table.head.find(({ fields }) => fields.length > 1);
  // Files that were put together repeat their header.
  if (header !== undefined && header.raw === first.raw) return false;
  const { sum, typedColumns } = headerEvidence(cellsOf(first), same.map(cellsOf));
  const isWider = first.fields.length !== table.mode;
  if (about.hasNotes || about.isAfterBlank) return typedColumns > 0 || (isWider && sum > 0) || (about.hasNotes && sum >= 0.4);
  return isWider && typedColumns > 0 && sum >= 1;
}
