import { AppError } from '../../base/errors.ts';
import type { ReadingOptions } from '../../base/reading.ts';
import type { IngestResult } from '../../duckdb/protocol.ts';
import type { FilePaths } from '../../stores/file-store.ts';
import type { FileKind } from './file-name.ts';

/** The part of DuckDB that reads uploads. */
export interface Ingester {
  ingest(
    request: {
      readonly sourcePath: string;
      readonly format: FileKind['format'];
      readonly compression: FileKind['compression'];
      readonly delimiterHint?: '\t';
      readonly options?: ReadingOptions;
      readonly targetPath: string;
      readonly userKey: string;
    },
    signal: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<IngestResult>;
}

/** A file to be read into its table. */
export interface UnreadFile {
  readonly kind: FileKind;
  readonly paths: FilePaths;
  readonly options: ReadingOptions;
  readonly userId: string;
}

/**
 * Reads a file into its table.
 *
 * @param onProgress is called with 0 to 1
 * @throws what `Ingester.ingest` throws; what is wrong with the file begins with its name
 */
export async function readFile(
  duckdb: Ingester,
  { kind, paths, options, userId }: UnreadFile,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<IngestResult> {
  try {
    return await duckdb.ingest(
      {
        sourcePath: paths.original,
        format: kind.format,
        compression: kind.compression,
        ...(kind.delimiterHint === null ? {} : { delimiterHint: kind.delimiterHint }),
        options,
        targetPath: paths.table,
        userKey: userId,
      },
      signal,
      onProgress,
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'UNSUPPORTED_FILE') throw error;
    throw new AppError(error.code, `"${kind.name}": ${error.message}`, { cause: error });
  }
}
