import type { Marks } from './marks.ts';
import { recordsOf, type TextRecord } from './tokenizer.ts';

const candidates = ['#', '//', '%', '!', '-- ', '*'];

/**
 * Finds the mark of lines that are no rows: those that begin with it do not have the fields of the others.
 *
 * @param sample the first lines of a text
 * @param width how many fields most rows have
 * @returns an empty string where no line is a comment
 */
export function findComment(sample: string, marks: Marks, width: number): string {
  const rows = recordsOf(sample, { ...marks, comment: '' }, width).filter(({ kind }) => kind === 'row');
  for (const mark of candidates) {
    const marked = rows.filter(({ raw }) => raw.trimStart().startsWith(mark));
    const others = rows.length - marked.length;
    if (marked.length === 0 || others === 0) continue;
    // A column may be called "#".
    const [first] = marked;
    if (marks.delimiter !== ' ' && marked.length === 1 && first === rows[0] && first?.fields.length === width && first.fields[0]?.trim() === mark.trim())
      continue;
    const isAtTop = marked.every((record, index) => record === rows[index]);
    if (width < 2) {
      if (mark === '#' && isAtTop && marked.length <= others && marked.every(({ raw }) => /^#\s/.test(raw))) return mark;
      continue;
    }
    const fits = ({ raw }: TextRecord): boolean => recordsOf(raw.trimStart().slice(mark.length).trimStart(), marks, 0)[0]?.fields.length === width;
    const fitting = marked.filter(fits).length;
    const last = marked.at(-1);
    if ((mark === '*' || mark === '!' || mark === '%') && (!isAtTop || fitting > 0)) continue;
    // The names of the columns may stand in the last comment at the top.
    if (fitting === 0 || fitting < marked.length * 0.3 || (isAtTop && fitting === 1 && last !== undefined && fits(last) && mark === '#')) return mark;
  }
  return '';
}
