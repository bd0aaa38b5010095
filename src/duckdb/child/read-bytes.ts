import type { FileHandle } from 'node:fs/promises';

/** Reads a stretch of an open file; what comes is shorter where the file ends. */
export async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
