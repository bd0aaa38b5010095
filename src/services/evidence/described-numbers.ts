import type { Json } from '../../base/json.ts';

const mostNumbers = 20_000;

/**
 * Every number in the answer of `describe_data`, and the counts that it shows without writing them: of tables, and of columns.
 *
 * @param content the answer, parsed
 */
export function describedNumbers(content: unknown): readonly Json[] {
  const found: Json[] = [];
  const collect = (value: unknown): void => {
    if (found.length >= mostNumbers) return;
    if (typeof value === 'number') found.push(value);
    // Ranges are text there: "3436", "2015-12-31".
    else if (typeof value === 'string') {
      if (value !== '' && value.length <= 40 && Number.isFinite(Number(value))) found.push(Number(value));
    } else if (Array.isArray(value)) {
      found.push(value.length);
      value.forEach(collect);
    } else if (value !== null && typeof value === 'object') Object.values(value).forEach(collect);
  };
  collect(content);
  return found;
}
