import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Marks } from './marks.ts';
import { createTokenizer, type TakePlain, type TextRecord } from './tokenizer.ts';

const pieceBytes = 1_048_576;
const batchCharacters = 1_048_576;

/** What `readRecords` is given. */
export interface RecordReading {
  /** In bytes. */
  readonly marks: Marks;
  /** How many fields most rows have; 0 where that is not known. */
  readonly expectedWidth: number;
  /** How many lines at the beginning are not looked at. */
  readonly skippedLines: number;
  readonly take: (record: TextRecord) => void;
  readonly takePlain?: TakePlain | undefined;
  /** Runs between two pieces of a megabyte. */
  readonly afterPiece?: () => Promise<void>;
}

/**
 * Reads a UTF-8 file record by record, in constant memory. Each character of the texts is one byte, so that nothing is decoded that is
 * only handed on.
 */
export async function readRecords(
  path: string,
  { marks, expectedWidth, skippedLines, take, takePlain, afterPiece }: RecordReading,
  signal: AbortSignal,
): Promise<void> {
  const tokenizer = createTokenizer(marks, expectedWidth, skippedLines);
  let isFirst = true;
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes, signal })) {
    const bytes = Buffer.isBuffer(piece) ? piece.toString('latin1') : String(piece);
    const text = bytes.includes('\u0000') ? bytes.replaceAll('\u0000', '') : bytes;
    tokenizer.push(isFirst ? text.replace(/^\u00ef\u00bb\u00bf/, '') : text, false, take, takePlain);
    isFirst = false;
    await afterPiece?.();
  }
  tokenizer.push('', true, take, takePlain);
}

/** Writes lines of which each character is one byte, in large pieces. */
export interface ByteWriter extends AsyncDisposable {
  write(text: string): void;
  /** Waits until what was written so far is on its way. */
  flush(): Promise<void>;
}

/** Opens a file for writing. */
export async function createByteWriter(path: string): Promise<ByteWriter> {
  const file = await open(path, 'w', 0o600);
  let batch: string[] = [];
  let size = 0;
  const writeOut = async (): Promise<void> => {
    if (size === 0) return;
    const bytes = Buffer.from(batch.join(''), 'latin1');
    batch = [];
    size = 0;
    await file.writeFile(bytes);
  };
  return {
    write(text) {
      batch.push(text);
      size += text.length;
    },
    flush: async () => (size >= batchCharacters ? writeOut() : undefined),
    async [Symbol.asyncDispose]() {
      try {
        await writeOut();
      } finally {
        await file.close();
      }
    },
  };
}
