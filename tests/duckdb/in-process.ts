import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../src/base/json.ts';
import type { ReadingOptions } from '../../src/base/reading.ts';
import { ingestFile } from '../../src/duckdb/child/ingest.ts';
import { createWorkbench } from '../../src/duckdb/child/workbench.ts';
import type { IngestJob, IngestResult } from '../../src/duckdb/protocol.ts';
import { fileKindOf } from '../../src/services/upload/file-name.ts';

/** What an ingest told, with all rows. */
export interface Ingested extends IngestResult {
  /** The names and types of the columns. */
  readonly shape: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly Json[])[];
}

/** Reads files as a child does, without the start of a process for each. */
export async function startIngests() {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-ingest-'));
  let count = 0;
  return {
    folder,
    async ingest(name: string, content: string | Uint8Array, options: ReadingOptions = {}, limits: Partial<IngestJob> = {}): Promise<Ingested> {
      count += 1;
      const own = join(folder, String(count));
      await mkdir(own);
      const [sourcePath, partialPath] = [join(own, 'original'), join(own, 'table.parquet.partial')];
      await writeFile(sourcePath, content);
      const { format, compression, delimiterHint } = fileKindOf(name);
      const signal = new AbortController().signal;
      const job: IngestJob = {
        kind: 'ingest',
        sourcePath,
        partialPath,
        format,
        compression,
        delimiterHint,
        options,
        maxExpandedBytes: 50_000_000,
        maxColumns: 50,
        ...limits,
      };
      const result = await ingestFile(
        job,
        (settings) => createWorkbench({ folder: own, memoryBytes: 512_000_000, threads: 2, isSpilling: true, ...settings }, signal),
        own,
        signal,
        () => undefined,
      );
      return { ...result, shape: Object.fromEntries(result.columns.map((column) => [column.name, column.type])), rows: result.previewRows };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
