import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChildFailure } from './failure.ts';
import { inspectHead, type Encoding } from './file-kind.ts';
import { createMixedDecoder, isMostlyUtf8, surveyBytes, wideWithoutMark, type ByteSurvey } from './reading/encoding.ts';
import { createLimit } from './unpack.ts';
import { readBytes } from './read-bytes.ts';

/** A CSV file as DuckDB can read it: not compressed, in UTF-8. */
export interface CsvSource {
  readonly path: string;
  readonly bytes: number;
  /** The first 256 KB as text, without a byte order mark. */
  readonly head: string;
  /** The encoding of the file as it was uploaded. */
  readonly encoding: Encoding;
  readonly hasByteOrderMark: boolean;
  /** What the bytes of the file at `path` tell. */
  readonly survey: ByteSurvey;
  readonly warnings: readonly string[];
}

const headBytes = 262_144;
/** The share of NUL characters that text may have by accident; they are left out. */
const mostNuls = 0.2;

async function readHead(path: string): Promise<{ readonly head: Buffer; readonly bytes: number }> {
  await using file = await open(path);
  const { size } = await file.stat();
  return { head: await readBytes(file, 0, headBytes), bytes: size };
}

interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
}

function plainDecoder(encoding: Encoding): Decoder {
  const decoder = new TextDecoder(encoding);
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

async function recode(path: string, targetPath: string, decoder: Decoder, maxBytes: number, signal: AbortSignal): Promise<void> {
  const decode = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(decoder.write(chunk))),
    flush: (done) => done(null, Buffer.from(decoder.end())),
  });
  await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), decode, createLimit(maxBytes), createWriteStream(targetPath), { signal });
}

/** Writes a copy of a text file in UTF-8. */
export async function transcode(path: string, targetPath: string, encoding: Encoding, maxBytes: number, signal: AbortSignal): Promise<void> {
  await recode(path, targetPath, plainDecoder(encoding), maxBytes, signal);
}

/** The encoding that the beginning of a file tells of; null where all of it must be looked at. */
function encodingOfHead(head: Buffer): Encoding | null {
  const nuls = head.filter((byte) => byte === 0).length;
  const wide = head[0] === 0xff || head[0] === 0xfe || nuls === 0 ? null : wideWithoutMark(head.subarray(0, 65_536));
  if (wide !== null) {
    inspectHead(Buffer.from(new TextDecoder(wide).decode(head)));
    return wide;
  }
  return inspectHead(nuls > 0 && nuls < head.length * mostNuls ? Buffer.from(head.filter((byte) => byte !== 0)) : head);
}

function byteOrderMarkOf(head: Buffer): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf);
}

/** What a person said cannot be where the bytes are plainly something else. */
function refuseEncoding(said: Encoding, head: Buffer): void {
  if (!said.startsWith('utf-16') || byteOrderMarkOf(head)) return;
  if (!head.includes(0) && wideWithoutMark(head) === null && !/[\n\r]/.test(new TextDecoder(said).decode(head)))
    throw new ChildFailure('UNSUPPORTED_FILE', `The file is not ${said}: read so, it has no line ends. Leave the encoding out, and it is found.`);
}

/** What is needed of an upload to read it as text. */
export interface CsvRequest {
  readonly sourcePath: string;
  /** Where copies are put. */
  readonly folder: string;
  /** How large a copy may become. */
  readonly maxBytes: number;
  /** The encoding that a person said. */
  readonly encoding: Encoding | undefined;
}

/**
 * Makes a plain UTF-8 file of an upload: finds the encoding, and writes a copy where DuckDB could not read the original.
 *
 * @throws ChildFailure UNSUPPORTED_FILE, PAYLOAD_TOO_LARGE
 */
export async function prepareCsv({ sourcePath: plainPath, folder, maxBytes, encoding: said }: CsvRequest, signal: AbortSignal): Promise<CsvSource> {
  const plain = await readHead(plainPath);
  const hasByteOrderMark = byteOrderMarkOf(plain.head);
  if (said !== undefined) refuseEncoding(said, plain.head);
  const wide = said === undefined ? encodingOfHead(plain.head) : said === 'utf-8' ? null : said;
  const survey = wide === null ? await surveyBytes(plainPath, signal) : null;
  if (survey?.isUtf8 === true) {
    return { path: plainPath, bytes: plain.bytes, head: textOfHead(plain.head), encoding: 'utf-8', hasByteOrderMark, survey, warnings: nulWarning(survey) };
  }
  const isMixed = said === undefined && survey?.invalid != null && isMostlyUtf8(survey.invalid);
  const encoding = wide ?? (isMixed || said === 'utf-8' ? 'utf-8' : 'windows-1252');
  const mixed = createMixedDecoder();
  const path = `${folder}/utf-8.csv`;
  await recode(plainPath, path, isMixed ? mixed : plainDecoder(encoding), maxBytes, signal);
  const copy = await readHead(path);
  const copySurvey = await surveyBytes(path, signal);
  const wrong = mixed.wrongCount();
  const warnings = [
    ...(isMixed
      ? [
          `${wrong} ${wrong === 1 ? 'byte of the file is' : 'bytes of the file are'} not valid UTF-8; ${wrong === 1 ? 'it was' : 'they were'} read as windows-1252 (Latin-1).`,
        ]
      : []),
    ...(said === 'utf-8' ? ['Some bytes of the file are not valid UTF-8; they were replaced by \ufffd.'] : []),
    ...(said === undefined && !isMixed && wide === null
      ? ['The file is not UTF-8; it was read as windows-1252 (Latin-1). If letters look wrong, save it as UTF-8 and upload it again.']
      : []),
    ...nulWarning(copySurvey),
  ];
  return { path, bytes: copy.bytes, head: textOfHead(copy.head), encoding, hasByteOrderMark, survey: copySurvey, warnings };
}

function nulWarning({ hasNuls }: ByteSurvey): readonly string[] {
  return hasNuls ? ['The file has NUL characters; they were left out.'] : [];
}

function textOfHead(head: Buffer): string {
  return new TextDecoder('utf-8').decode(head);
}
