import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { messageOf } from '../../base/errors.ts';
import { shownRejectedRows, type RejectedRow } from '../../base/reading.ts';
import { ChildFailure } from './failure.ts';
import { transcode } from './csv-source.ts';
import { wideEncodingOf, type Encoding } from './file-kind.ts';
import { readBytes } from './read-bytes.ts';

/** A JSON file as DuckDB can read it: in UTF-8. */
export interface JsonSource {
  readonly path: string;
  /** `array` of values, one value a line, or values of any form one after another: DuckDB's `format`. */
  readonly layout: 'array' | 'newline_delimited' | 'unstructured';
  readonly encoding: Encoding;
}

/** The lines of a file that hold objects, and those that do not. */
export interface SoundLines {
  readonly path: string;
  readonly soundCount: number;
  readonly rejectedCount: number;
  readonly rejected: readonly RejectedRow[];
}

const headBytes = 1_048_576;
const mostLines = 50;
const longestLine = 33_554_432;

function objectFault(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return null;
    return `The line holds ${value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`}, not an object.`;
  } catch (error) {
    return `${messageOf(error)}.`;
  }
}

function layoutOf(head: string, isWhole: boolean): JsonSource['layout'] {
  const [firstCharacter = ''] = head.trimStart();
  const lines = head.split(/\r?\n/);
  // The last line of a part of the file is a part of a line.
  const complete = (isWhole ? lines : lines.slice(0, -1)).filter((line) => line.trim() !== '').slice(0, mostLines);
  const soundCount = complete.filter((line) => objectFault(line) === null).length;
  if (complete.length > 1 && soundCount * 2 >= complete.length) return 'newline_delimited';
  if (firstCharacter === '[') return 'array';
  if (firstCharacter === '{') return 'unstructured';
  throw new ChildFailure(
    'UNSUPPORTED_FILE',
    `The file is not JSON: it begins with ${JSON.stringify(head.trimStart().slice(0, 20))}, and JSON begins with { or [. Give it the ending of what it is.`,
  );
}

async function readEnd(file: FileHandle, size: number): Promise<string> {
  const length = Math.min(size, 4_096);
  return (await readBytes(file, size - length, length)).toString('latin1').trimEnd();
}

/**
 * Looks at a JSON file, and writes a copy in UTF-8 where it is UTF-16.
 *
 * @param folder where a copy is put
 * @throws ChildFailure UNSUPPORTED_FILE when it is empty, cut off or no JSON
 */
export async function prepareJson(sourcePath: string, folder: string, maxBytes: number, signal: AbortSignal): Promise<JsonSource> {
  const encoding = await wideEncoding(sourcePath);
  const path = encoding === 'utf-8' ? sourcePath : `${folder}/utf-8.json`;
  if (encoding !== 'utf-8') await transcode(sourcePath, path, encoding, maxBytes, signal);
  await using file = await open(path);
  const { size } = await file.stat();
  const beginning = await readBytes(file, 0, headBytes);
  const head = new TextDecoder().decode(beginning);
  if (head.trim() === '') throw new ChildFailure('UNSUPPORTED_FILE', size === 0 ? 'The file is empty.' : 'The file holds nothing but spaces and line ends.');
  const layout = layoutOf(head, beginning.length === size);
  // DuckDB takes an array that stops between two elements for whole.
  if (layout === 'array' && !(await readEnd(file, size)).endsWith(']'))
    throw new ChildFailure('UNSUPPORTED_FILE', 'The JSON array is cut off: it does not end with ]. Export or upload the file again.');
  return { path, layout, encoding };
}

async function wideEncoding(path: string): Promise<Encoding> {
  await using file = await open(path);
  return wideEncodingOf(await readBytes(file, 0, 4_096)) ?? 'utf-8';
}

/**
 * Writes a copy with the lines that hold an object, for a file in which some do not.
 *
 * @param path one object a line, in UTF-8
 * @param folder where the copy is put
 */
export async function keepSoundLines(path: string, folder: string, signal: AbortSignal): Promise<SoundLines> {
  const targetPath = `${folder}/sound.jsonl`;
  const rejected: RejectedRow[] = [];
  let [line, soundCount, rejectedCount] = [0, 0, 0];
  /** The lines of a piece of the file that hold an object, as they are written. */
  const soundOf = (lines: readonly string[]): string => {
    let sound = '';
    for (const text of lines) {
      line += 1;
      if (text.trim() === '') continue;
      const reason = objectFault(text);
      if (reason === null) {
        soundCount += 1;
        sound += `${text}\n`;
        continue;
      }
      rejectedCount += 1;
      if (rejected.length < shownRejectedRows.count)
        rejected.push({ line, column: null, reason, text: text.slice(0, shownRejectedRows.characters).trimEnd().toWellFormed() });
    }
    return sound;
  };
  await using target = await open(targetPath, 'w', 0o600);
  // A byte order mark at the beginning is left out by the decoder.
  const decoder = new TextDecoder();
  let carried = '';
  for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576, signal })) {
    const lines = (carried + decoder.decode(Buffer.from(chunk), { stream: true })).split('\n');
    carried = lines.pop() ?? '';
    if (carried.length > longestLine)
      throw new ChildFailure('UNSUPPORTED_FILE', `Line ${line + lines.length + 1} is longer than ${longestLine} characters. Write one object a line.`);
    await target.writeFile(soundOf(lines));
  }
  await target.writeFile(soundOf([carried + decoder.decode()]));
  return { path: targetPath, soundCount, rejectedCount, rejected };
}
