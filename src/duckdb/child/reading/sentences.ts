import { plainReport, type IngestReport } from '../../../base/reading.ts';
import type { Account, Tally } from './account.ts';
import { noDelimiter } from './find-marks.ts';
import { nameOfMark } from './marks.ts';
import type { TablePlan } from './plan.ts';

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function linesOf({ count, lines }: Tally): string {
  const list = lines.join(', ');
  return count === 1 ? `line ${list}` : count > lines.length ? `lines ${list} and ${count - lines.length} more` : `lines ${list}`;
}

function told(tally: Tally, one: string, many: string): readonly string[] {
  return tally.count === 0 ? [] : [`${counted(tally.count, one, many)} (${linesOf(tally)}).`];
}

/** What was decided or changed to read a table, in sentences. */
export function sentencesOf(plan: TablePlan, account: Account): readonly string[] {
  const { found, table, marks } = plan;
  const { preambleLineCount: above, footerLineCount: below } = account;
  const rows = account.rowCount + account.rejectedCount;
  return [
    ...(found.rival === null
      ? []
      : [
          `The delimiter is not certain: "${nameOfMark(found.marks.delimiter)}" fits best, "${nameOfMark(found.rival)}" nearly as well. Say which with delimiter.`,
        ]),
    ...(above > 0
      ? [above === 1 ? 'The first line was skipped: it stands above the table.' : `The first ${above} lines were skipped: they stand above the table.`]
      : []),
    ...(below > 0
      ? [`${counted(below, 'line', 'lines')} below the table ${below === 1 ? 'is' : 'are'} no ${below === 1 ? 'row' : 'rows'} of it; see the footer.`]
      : []),
    ...(account.commentLineCount > 0
      ? [
          `${counted(account.commentLineCount, 'line that begins', 'lines that begin')} with ${nameOfMark(marks.comment)} ${account.commentLineCount === 1 ? 'was' : 'were'} left out as ${account.commentLineCount === 1 ? 'a comment' : 'comments'}.`,
        ]
      : []),
    ...(account.rulerLineCount > 0
      ? [`${counted(account.rulerLineCount, 'line that only draws', 'lines that only draw')} a rule ${account.rulerLineCount === 1 ? 'was' : 'were'} left out.`]
      : []),
    ...(table.header !== null && table.headerConfidence < 0.65 && table.rowCount > 0
      ? ['It is not certain that the first row holds the names of the columns. If it is data, say header: false.']
      : []),
    ...(table.header === null && table.headerConfidence < 0.65
      ? ['It is not certain that the first row is data. If it holds the names of the columns, say header: true.']
      : []),
    ...told(
      account.short,
      'row has fewer values than there are columns; the others are null',
      'rows have fewer values than there are columns; the others are null',
    ),
    ...told(
      account.trimmed,
      'row has empty values beyond the last column, which were left out',
      'rows have empty values beyond the last column, which were left out',
    ),
    ...told(account.unwrapped, 'row stood in quotes as a whole and was read without them', 'rows stood in quotes as a whole and were read without them'),
    ...told(
      account.stray,
      'row has quotes inside of values that are not doubled; they were read as they stand',
      'rows have quotes inside of values that are not doubled; they were read as they stand',
    ),
    ...told(account.emptyValues, 'blank line was read as a missing value', 'blank lines were read as missing values'),
    ...(account.emptyRowCount > 0
      ? [`${counted(account.emptyRowCount, 'row holds', 'rows hold')} nothing but delimiters and ${account.emptyRowCount === 1 ? 'was' : 'were'} left out.`]
      : []),
    ...(account.blankLineCount > 0
      ? [
          `${counted(account.blankLineCount, 'blank line', 'blank lines')} inside of the table ${account.blankLineCount === 1 ? 'is' : 'are'} no ${account.blankLineCount === 1 ? 'row' : 'rows'}.`,
        ]
      : []),
    ...(account.rejectedCount > 0
      ? [
          `${counted(account.rejectedCount, 'row', 'rows')} of ${rows} could not be read and ${account.rejectedCount === 1 ? 'is' : 'are'} not in the table; see the rejected rows.`,
        ]
      : []),
  ];
}

/** How sure a reading is: as sure as its least certain decision, less the damage. */
export function confidenceOf(plan: TablePlan, account: Account): number {
  const { found, table } = plan;
  const rows = Math.max(1, account.rowCount + account.rejectedCount);
  const damage = (account.rejectedCount + 0.5 * account.short.count + 0.3 * account.stray.count) / rows;
  const header = table.headerConfidence < 0.65 ? 0.7 : Math.max(0.8, table.headerConfidence);
  const sure = Math.min(found.confidence, table.rowCount === 0 ? 0.9 : header) * (1 - Math.min(0.5, damage));
  return Math.round(sure * 100) / 100;
}

/** The part of the report that tells of the structure. */
export function structureReport(plan: TablePlan, account: Account): IngestReport {
  const { found, table, tables } = plan;
  const { delimiter, quote, escape, comment } = found.marks;
  return {
    ...plainReport,
    delimiter: delimiter === noDelimiter ? null : delimiter === '  ' ? ' ' : delimiter,
    quote: quote === '' || !account.hasQuotes ? null : quote,
    escape: escape === '' || (escape === quote && !account.hasQuotes) ? null : escape,
    comment: comment === '' ? null : comment,
    header: table.header !== null,
    preamble: account.preamble,
    preambleLineCount: account.preambleLineCount,
    footer: account.footer,
    footerLineCount: account.footerLineCount,
    tables:
      tables.length < 2
        ? []
        : tables.map((each) => ({
            name: each.name === null || each.name === '' ? null : each.name.slice(0, 200),
            firstLine: each.firstLine,
            lastLine: each.lastLine,
            rowCount: each.rowCount,
            columnCount: each.block.width,
            isRead: each === table,
          })),
    confidence: confidenceOf(plan, account),
    rejectedRowCount: account.rejectedCount,
    rejectedRows: account.rejected,
    warnings: [...sentencesOf(plan, account), ...plan.warnings],
  };
}
