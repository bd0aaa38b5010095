import { megabyte, wholeNumber } from './config-values.ts';

/** How results and tables leave the product, and how large what is made of them may be. */
export interface DownloadConfig {
  /** How long a signed link is good. */
  readonly linkLifetimeMs: number;
  /** How many downloads of one person may be under way on a node. */
  readonly maxDownloadsPerUser: number;
  /** How long the making of a file or of a derived table may take. */
  readonly writeTimeoutMs: number;
  /** The most bytes of a file that is made, and of a derived table. */
  readonly maxWrittenBytes: number;
  /** The most rows of a derived table, and of a file that is made; a workbook has a limit of its own. */
  readonly maxWrittenRows: number;
  /** DuckDB's memory while it writes. */
  readonly writeMemoryBytes: number;
}

/** The variables of downloads. */
export const downloadVariables = {
  DOWNLOAD_LINK_LIFETIME_SECONDS: wholeNumber(900, 1, 604_800),
  MAX_DOWNLOADS_PER_USER: wholeNumber(8, 1, 1_000),
  WRITE_TIMEOUT_MS: wholeNumber(120_000, 1_000, 3_600_000),
  WRITE_MAX_BYTES: wholeNumber(2 * 1024 * megabyte, 1_024, 1024 * 1024 * megabyte),
  WRITE_MAX_ROWS: wholeNumber(100_000_000, 1, 10_000_000_000),
  WRITE_MEMORY_BYTES: wholeNumber(512 * megabyte, 64 * megabyte, 1024 * 1024 * megabyte),
};

/** The part of the configuration. */
export function shapeDownloads(values: { readonly [Name in keyof typeof downloadVariables]: number }): DownloadConfig {
  return {
    linkLifetimeMs: values.DOWNLOAD_LINK_LIFETIME_SECONDS * 1_000,
    maxDownloadsPerUser: values.MAX_DOWNLOADS_PER_USER,
    writeTimeoutMs: values.WRITE_TIMEOUT_MS,
    maxWrittenBytes: values.WRITE_MAX_BYTES,
    maxWrittenRows: values.WRITE_MAX_ROWS,
    writeMemoryBytes: values.WRITE_MEMORY_BYTES,
  };
}
