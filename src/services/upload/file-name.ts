import { AppError } from '../../base/errors.ts';

/** What the name of an uploaded file tells. */
export interface FileKind {
  /** The name as a label: no folders, no control characters, at most 255 characters. Never a path. */
  readonly name: string;
  readonly format: 'CSV' | 'PARQUET' | 'JSON' | 'XLSX';
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** What the ending says about the delimiter; null where the content must tell. */
  readonly delimiterHint: '\t' | null;
}

/** The endings that can be uploaded, for messages. */
export const acceptedEndings = '.csv, .tsv, .txt, .json, .jsonl, .ndjson, each also with .gz or .zst, .parquet, .pq, .xlsx';

const longestName = 255;
const ending = /\.(?:(csv|tsv|txt|json|jsonl|ndjson)(\.gz|\.zst)?|(parquet|pq|xlsx))$/i;

/** The name without the ending that tells its kind. */
export function withoutEnding(name: string): string {
  return name.replace(ending, '');
}

/**
 * A client's file name as a label: its last segment, without control and direction characters, shortened in its middle part so that the
 * ending stays.
 *
 * @param name as the client sent it, which may be anything
 */
export function labelOf(name: string): string {
  const segment = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  // Format characters include the direction overrides that make "gpj.csv" read as "vsc.jpg"; the joiner of emoji (U+200D) stays.
  const clean = segment.replaceAll(/\p{Cc}|(?!\u{200D})\p{Cf}/gu, '').trim();
  if (clean.length <= longestName) return clean;
  const kept = ending.exec(clean)?.[0] ?? '';
  return `${clean.slice(0, longestName - kept.length).toWellFormed()}${kept}`;
}

/**
 * What an uploaded file is, by its name.
 *
 * @param clientName as the client sent it
 * @throws AppError UNSUPPORTED_FILE when the ending is none that can be read
 */
export function fileKindOf(clientName: string): FileKind {
  const name = labelOf(clientName);
  const found = ending.exec(name);
  if (found === null) throw new AppError('UNSUPPORTED_FILE', `"${name}" has none of the endings that can be read: ${acceptedEndings}.`);
  const [, text, packing, binary] = found.map((group: string | undefined) => group?.toLowerCase());
  return {
    name,
    format: formatOf(text ?? binary ?? ''),
    compression: packing === '.gz' ? 'gzip' : packing === '.zst' ? 'zstd' : 'none',
    delimiterHint: text === 'tsv' ? '\t' : null,
  };
}

function formatOf(word: string): FileKind['format'] {
  switch (word) {
    case 'parquet':
    case 'pq':
      return 'PARQUET';
    case 'xlsx':
      return 'XLSX';
    case 'json':
    case 'jsonl':
    case 'ndjson':
      return 'JSON';
    default:
      return 'CSV';
  }
}
