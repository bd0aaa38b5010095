import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import type { Encoding } from '../file-kind.ts';

const pieceBytes = 4_194_304;

/** What the bytes of a file tell. */
export interface ByteSurvey {
  readonly isUtf8: boolean;
  /** The first stretch that is not UTF-8. */
  readonly invalid: Buffer | null;
  readonly lineFeedCount: number;
  readonly carriageReturnCount: number;
  readonly hasNuls: boolean;
  readonly hasQuotes: boolean;
  readonly endsWithLineFeed: boolean;
}

/** How many bytes at the end of a buffer begin a character of UTF-8 that the next buffer finishes. */
function openBytes(buffer: Buffer): number {
  for (let back = 1; back <= Math.min(3, buffer.length); back += 1) {
    const byte = buffer[buffer.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function countBytes(buffer: Buffer, byte: number): number {
  let count = 0;
  for (let at = buffer.indexOf(byte); at !== -1; at = buffer.indexOf(byte, at + 1)) count += 1;
  return count;
}

/** Looks at every byte of a file once, at some gigabytes a second. */
export async function surveyBytes(path: string, signal: AbortSignal): Promise<ByteSurvey> {
  await using file = await open(path);
  // One piece of memory for all of the file. At its beginning stands what began at the end of the piece before.
  const memory = Buffer.allocUnsafe(pieceBytes + 4);
  let carried = 0;
  let invalid: Buffer | null = null;
  let lineFeedCount = 0;
  let carriageReturnCount = 0;
  let hasNuls = false;
  let hasQuotes = false;
  let last = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(memory, carried, pieceBytes);
    if (bytesRead === 0) break;
    const piece = memory.subarray(carried, carried + bytesRead);
    lineFeedCount += countBytes(piece, 10);
    carriageReturnCount += countBytes(piece, 13);
    hasNuls ||= piece.includes(0);
    hasQuotes ||= piece.includes(34);
    last = piece.at(-1) ?? last;
    if (invalid !== null) continue;
    const whole = memory.subarray(0, carried + bytesRead - openBytes(memory.subarray(0, carried + bytesRead)));
    if (!isUtf8(whole)) invalid = Buffer.from(whole);
    const rest = invalid === null ? memory.subarray(whole.length, carried + bytesRead) : memory.subarray(0, 0);
    carried = rest.copy(memory);
  }
  if (invalid === null && carried > 0) invalid = Buffer.from(memory.subarray(0, carried));
  return { isUtf8: invalid === null, invalid, lineFeedCount, carriageReturnCount, hasNuls, hasQuotes, endsWithLineFeed: last === 10 };
}

/** UTF-16 without a byte order mark: its line ends and delimiters have a zero byte on one side, always the same. */
export function wideWithoutMark(head: Buffer): Encoding | null {
  const even = head.length - (head.length % 2);
  let little = 0;
  let big = 0;
  for (let at = 0; at < even; at += 2) {
    const one = head[at] ?? 0;
    const other = head[at + 1] ?? 0;
    if (other === 0 && isPlain(one)) little += 1;
    if (one === 0 && isPlain(other)) big += 1;
  }
  const pairs = even / 2;
  if (pairs < 4) return null;
  if (little > pairs * 0.15 && big === 0) return 'utf-16le';
  if (big > pairs * 0.15 && little === 0) return 'utf-16be';
  return null;
}

function isPlain(byte: number): boolean {
  return byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127);
}

/** Whether text with a few wrong bytes is UTF-8 all the same: most of what is not ASCII in it is well formed. */
export function isMostlyUtf8(stretch: Buffer): boolean {
  const text = new TextDecoder('utf-8').decode(stretch);
  const wrong = text.match(/\ufffd/g)?.length ?? 0;
  const right = text.match(/[^\u0000-\u007f\ufffd]/g)?.length ?? 0;
  return right > wrong * 2;
}

/** Decodes UTF-8 in which some bytes are windows-1252: files that were put together of both. */
export interface MixedDecoder {
  write(bytes: Buffer): string;
  end(): string;
  /** How many bytes were not UTF-8. */
  readonly wrongCount: () => number;
}

/** Makes a decoder for one file. */
export function createMixedDecoder(): MixedDecoder {
  let carried = Buffer.alloc(0);
  let wrongCount = 0;
  const windows = new TextDecoder('windows-1252');
  const decode = (bytes: Buffer): string => {
    if (isUtf8(bytes)) return bytes.toString('utf8');
    let text = '';
    let from = 0;
    for (let at = 0; at < bytes.length;) {
      const length = characterLength(bytes, at);
      if (length > 0) {
        at += length;
        continue;
      }
      text += bytes.subarray(from, at).toString('utf8') + windows.decode(bytes.subarray(at, at + 1));
      wrongCount += 1;
      at += 1;
      from = at;
    }
    return text + bytes.subarray(from).toString('utf8');
  };
  return {
    write(bytes) {
      const buffer = carried.length === 0 ? bytes : Buffer.concat([carried, bytes]);
      const whole = buffer.subarray(0, buffer.length - openBytes(buffer));
      carried = Buffer.from(buffer.subarray(whole.length));
      return decode(whole);
    },
    end: () => decode(carried),
    wrongCount: () => wrongCount,
  };
}

/** How many bytes the character of UTF-8 has that begins at a place; 0 where none does. */
function characterLength(bytes: Buffer, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte < 0x80) return 1;
  const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
  return byte >= 0xc2 && byte <= 0xf4 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
