/** What is stored of a derived table that is of no interest itself. */
export const plainDerivedTable = {
  name: 'totals',
  version: 1,
  isCurrent: true,
  sql: 'SELECT 1',
  parents: [],
  rowCount: 1n,
  columnCount: 1,
  byteSize: 1n,
  columns: [],
  preview: [],
};
