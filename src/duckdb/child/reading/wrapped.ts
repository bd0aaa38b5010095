import type { Marks } from './marks.ts';
import { recordsOf, type TextRecord } from './tokenizer.ts';

/** The fields inside of a record that stands in quotes as a whole, or null where it does not. */
export function unwrapRecord(record: TextRecord, marks: Marks): TextRecord | null {
  if (record.fields.length !== 1 || record.quoted?.[0] !== true || record.unclosedField !== null) return null;
  const inner = recordsOf(record.fields[0] ?? '', marks, 0);
  const [only] = inner;
  if (inner.length !== 1 || only === undefined || only.fields.length < 2 || only.unclosedField !== null) return null;
  return { ...record, fields: only.fields, quoted: only.quoted, strayQuotes: only.strayQuotes };
}

/**
 * The rows of a text that some program wrote as a table of one column: each row stands in quotes as a whole (`"1,""a"",2"`), the header
 * perhaps not.
 *
 * @returns null where the text is no such
 */
export function unwrapRecords(records: readonly TextRecord[], marks: Marks): readonly TextRecord[] | null {
  const [first] = records;
  if (first === undefined || marks.quote === '') return null;
  const candidates = records.filter(({ fields, quoted }) => fields.length === 1 && quoted?.[0] === true);
  if (candidates.length < Math.max(1, (records.length - 1) * 0.6)) return null;
  const unwrapped = records.map((record) => unwrapRecord(record, marks) ?? record);
  const width = unwrapped[0]?.fields.length ?? 1;
  // A single column of texts with commas has a name without one.
  if (width < 2 || unwrapped.filter(({ fields }) => fields.length === width).length < unwrapped.length * 0.8) return null;
  return unwrapped;
}
