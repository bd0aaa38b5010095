/** DuckDB's own size of a row group. */
const largestRowGroup = 122_880;
/** The size of a vector of DuckDB, below which a row group makes no sense. */
const smallestRowGroup = 2_048;
const valuesPerRowGroup = 8_000_000;

/**
 * How our Parquet files are written. A row group is held in memory until it is complete: of a wide table it has fewer rows.
 *
 * @param columnCount how many columns the table has
 * @returns the options of COPY
 */
export function parquetOptions(columnCount: number): string {
  const rows = Math.max(smallestRowGroup, Math.min(largestRowGroup, Math.floor(valuesPerRowGroup / Math.max(1, columnCount))));
  // The lowest level of zstd saves 7 % of the whole work and makes the file 4 % larger.
  return `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${rows}, USE_TMP_FILE false`;
}

/** Whether a table has so many columns that one thread is all that memory allows: each thread holds buffers for every column. */
export function isWide(columnCount: number): boolean {
  return columnCount > 100;
}
