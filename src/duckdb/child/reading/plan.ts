import type { ReadingOptions } from '../../../base/reading.ts';
import { uniqueColumnNames } from '../column-names.ts';
import { ChildFailure } from '../failure.ts';
import type { FoundMarks } from './find-marks.ts';
import { marksInBytes } from './marks.ts';
import type { Plan } from './normaliser.ts';
import type { Outline } from './outline.ts';
import { shapeOf, type Shape } from './shape.ts';
import { tablesOf, type FoundTable } from './tables.ts';

/** What is read of a text, how, and what there is to say about it. */
export interface TablePlan extends Plan {
  readonly found: FoundMarks;
  readonly table: FoundTable;
  readonly tables: readonly FoundTable[];
  readonly shape: Shape;
  readonly warnings: readonly string[];
}

/**
 * Decides what of a text is read: the table that a person asked for, else the largest.
 *
 * @throws ChildFailure UNSUPPORTED_FILE where there is no such table, or where it has too many columns
 */
export function planReading(outline: Outline, found: FoundMarks, options: ReadingOptions, maxColumns: number): TablePlan {
  const tables = tablesOf(outline, { header: options.header, marks: found.marks });
  const largest = tables.toSorted((one, other) => sizeOf(other) - sizeOf(one))[0];
  const table = options.table === undefined ? largest : tables[options.table - 1];
  if (table === undefined) {
    throw new ChildFailure(
      'UNSUPPORTED_FILE',
      largest === undefined
        ? 'No line of the file is a row of a table.'
        : `The file has ${tables.length === 1 ? 'one table' : `${tables.length} tables`}; there is no table ${options.table ?? 1}.`,
    );
  }
  const shape = shapeOf(table, found.marks.delimiter === '|');
  if (shape.width > maxColumns) {
    throw new ChildFailure('UNSUPPORTED_FILE', `The file has ${shape.width} columns; at most ${maxColumns} can be read. Remove those that do not matter.`);
  }
  const { names, warnings } = namesOf(table, shape);
  const others = tables.filter((other) => other !== table);
  return {
    marks: marksInBytes(found.marks),
    names,
    shape,
    found,
    table,
    tables,
    headerLines: table.headerLines,
    firstLine: table.firstLine,
    lastLine: table.lastLine,
    warnings: [
      ...warnings,
      ...others.map(
        (other) =>
          `The lines ${other.firstLine} to ${other.lastLine} belong to table ${tables.indexOf(other) + 1} of the file; read it with table: ${tables.indexOf(other) + 1}.`,
      ),
    ],
  };
}

function sizeOf(table: FoundTable): number {
  return table.rowCount * Math.max(1, table.block.width - 0.9);
}

function namesOf(table: FoundTable, shape: Shape): { readonly names: readonly string[]; readonly warnings: readonly string[] } {
  if (table.header === null) {
    const names = Array.from({ length: shape.width }, (_, index) => `column_${index + 1}`);
    return { names, warnings: ['The file has no header; the columns are called column_1, column_2 and so on.'] };
  }
  const { names, warnings } = uniqueColumnNames(shape.hasRowNames ? ['row', ...shape.names.slice(1)] : shape.names);
  const added = shape.addedColumns;
  return {
    names,
    warnings: [
      ...(shape.hasRowNames ? ['The header has one name less than the rows have values; the first column, which names the rows, is called "row".'] : []),
      ...(added > 0 ? [`Most rows have more values than the header has names; ${added} ${added === 1 ? 'column was' : 'columns were'} added.`] : []),
      ...(table.headerRowCount > 1
        ? [`The header has two lines, whose names were joined: "${names.slice(0, 3).join('", "')}"${names.length > 3 ? ' and so on' : ''}.`]
        : []),
      ...(table.isHeaderInComment ? ['The names of the columns were taken from the comment above the first row.'] : []),
      ...warnings,
    ],
  };
}
