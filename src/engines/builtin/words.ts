/**
 * A number as a person would write it: thousands apart, and as many decimals as tell something.
 *
 * @param value the number; null reads "nothing"
 * @param unit what it counts: signs of currencies stand before the number, all else after it
 */
export function number(value: number | null, unit: string | null = null): string {
  if (value === null) return 'nothing';
  if (unit !== null) return /^[$€£¥₹₩₽₺₴₫₪฿]$/.test(unit) ? `${value < 0 ? '−' : ''}${unit}${number(Math.abs(value))}` : `${number(value)} ${unit}`;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e15)) return value.toExponential(2);
  if (size !== 0 && size < 0.001) return String(Number(value.toPrecision(3)));
  const decimals = Number.isInteger(value) ? 0 : size >= 10_000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: decimals });
}

/** A whole count, thousands apart. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A count with its noun: "1 row", "406 rows". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${Math.round(value) === 1 ? noun : plural(noun)}`;
}

/** A share as a percentage with one decimal: 0.123 reads "12.3 %". */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.05) return 'under 0.1 %';
  if (value < 100 && value > 99.95) return 'nearly 100 %';
  return `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} %`;
}

/** A correlation with its sign and two decimals. */
export function correlation(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

/** Items as a person would list them: "a, b and c". */
export function listed(items: readonly string[], most = 8): string {
  const shown = items.length > most ? [...items.slice(0, most - 1), `${count(items.length - most + 1)} more`] : items;
  if (shown.length <= 1) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

/** The plural of an English noun, by the common rules. */
export function plural(noun: string): string {
  if (/(?:s|x|z|ch|sh)$/i.test(noun)) return /series$|species$/i.test(noun) ? noun : `${noun}es`;
  return /[^aeiou]y$/i.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** The singular of an English noun, by the common rules. */
export function singular(noun: string): string {
  if (/(?:ss|us|is|series|species)$/i.test(noun)) return noun;
  if (/ies$/i.test(noun) && noun.length > 4) return `${noun.slice(0, -3)}y`;
  if (/(?:x|ch|sh|ss)es$/i.test(noun)) return noun.slice(0, -2);
  return /s$/i.test(noun) && noun.length > 3 ? noun.slice(0, -1) : noun;
}

/** A value in a sentence: shortened when it is long, with Markdown's own signs escaped. */
export function quoted(value: string): string {
  const short = value.length > 80 ? `${value.slice(0, 77)}...` : value;
  // Underscores inside a word mean nothing in Markdown (CommonMark 6.2), and escaped they are hard to read.
  return short.replaceAll(/[\\`*[\]<>|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\$&`);
}

/** A column name in a sentence. */
export function named(column: string): string {
  return `**${quoted(column)}**`;
}

/**
 * Cuts a text into pieces of a few words, which joined are the text again, to the byte.
 *
 * @param text the text
 * @param words how many words a piece has
 */
export function smallPieces(text: string, words = 6): readonly string[] {
  return text.match(new RegExp(String.raw`(?:\s*\S+){1,${words}}\s*|\s+`, 'g')) ?? [];
}

/** The same text with a capital first letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
