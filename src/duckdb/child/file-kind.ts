import { ChildFailure } from './failure.ts';

/** How the characters of a file are written as bytes. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const signatures: readonly { readonly bytes: readonly number[]; readonly name: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: 'an Excel workbook or a ZIP archive; name a workbook .xlsx' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Excel workbook; save it as .xlsx' },
  { bytes: [0x25, 0x50, 0x44, 0x46], name: 'a PDF document; export its table as CSV' },
  { bytes: [0x50, 0x41, 0x52, 0x31], name: 'a Parquet file; name it .parquet' },
  { bytes: [0x1f, 0x8b], name: 'a gzip file; name it .csv.gz' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'a zstd file; name it .csv.zst' },
  { bytes: [0x42, 0x5a, 0x68], name: 'a bzip2 file; unpack it first' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], name: 'an SQLite database; export the table as CSV' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], name: 'a picture' },
  { bytes: [0xff, 0xd8, 0xff], name: 'a picture' },
];

function unsupported(what: string): ChildFailure {
  return new ChildFailure('UNSUPPORTED_FILE', `The file is not CSV: it looks like ${what}.`);
}

/** UTF-16 by its byte order mark, or by the zero bytes that Latin text has in every second place. */
export function wideEncodingOf(head: Buffer): Encoding | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const sample = head.subarray(0, 4_096);
  const zeros = (start: number): number => sample.filter((byte, index) => index % 2 === start && byte === 0).length;
  const half = sample.length / 2;
  if (half < 2) return null;
  if (zeros(1) > half * 0.6 && zeros(0) < half * 0.1) return 'utf-16le';
  if (zeros(0) > half * 0.6 && zeros(1) < half * 0.1) return 'utf-16be';
  return null;
}

/**
 * Looks at the beginning of a file that is said to be CSV.
 *
 * @param head its first kilobytes
 * @returns UTF-16 where it is that, else null: the rest of the file decides
 * @throws ChildFailure UNSUPPORTED_FILE when it is plainly something else
 */
export function inspectHead(head: Buffer): Encoding | null {
  if (head.length === 0) throw new ChildFailure('UNSUPPORTED_FILE', 'The file is empty.');
  const signature = signatures.find((candidate) => candidate.bytes.every((byte, index) => head[index] === byte));
  if (signature !== undefined) throw unsupported(signature.name);
  const wide = wideEncodingOf(head);
  const text = new TextDecoder(wide ?? 'utf-8').decode(head).replace(/^\ufeff/, '');
  const start = text.trimStart().slice(0, 2_000);
  if (start === '') throw new ChildFailure('UNSUPPORTED_FILE', 'The file holds nothing but spaces and line ends.');
  if (/^<(!doctype|html|head|body|table|\?xml|!--)/i.test(start)) throw unsupported('a web page or XML; save the data itself as CSV');
  if (/^\{\s*"|^\[\s*[[{]/.test(start)) throw unsupported('JSON; name it .json, or .jsonl where each line is an object');
  // Tab, line feed and carriage return are text; so are form feed and the escape of terminals, in small numbers.
  const controls = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g)?.length ?? 0;
  if (text.includes('\u0000') || controls > Math.max(8, text.length * 0.02)) throw unsupported('binary data');
  return wide;
}
