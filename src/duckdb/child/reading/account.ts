import type { RejectedRow } from '../../../base/reading.ts';

/** Where each line of a file went. Nothing of it is anywhere else. */
export interface Account {
  readonly rowCount: number;
  readonly rejectedCount: number;
  /** The first hundred. */
  readonly rejected: readonly RejectedRow[];
  readonly preamble: readonly string[];
  readonly preambleLineCount: number;
  readonly footer: readonly string[];
  readonly footerLineCount: number;
  readonly headerLineCount: number;
  /** Lines inside of the table that hold nothing, or nothing but delimiters. */
  readonly blankLineCount: number;
  readonly emptyRowCount: number;
  readonly commentLineCount: number;
  readonly rulerLineCount: number;
  /** Lines of values beyond the first one of each row. */
  readonly continuedLineCount: number;
  /** Lines at the end of the file that hold nothing. */
  readonly trailingBlankCount: number;
  /** Whether a value of the table stands in quotes. */
  readonly hasQuotes: boolean;
  /** What was changed to make rows of the columns of the table. */
  readonly short: Tally;
  readonly trimmed: Tally;
  readonly unwrapped: Tally;
  readonly stray: Tally;
  readonly emptyValues: Tally;
}

/** How often something was met, and where first. */
export interface Tally {
  readonly count: number;
  /** The first five lines. */
  readonly lines: readonly number[];
}

/** Counts something. */
export function createTally(): { add(line: number): void; result(): Tally } {
  const lines: number[] = [];
  let count = 0;
  return {
    add(line) {
      count += 1;
      if (lines.length < 5) lines.push(line);
    },
    result: () => ({ count, lines }),
  };
}
