/** A number as a text states it. */
export interface WrittenNumber {
  /** As it is written: "1,234.5", "12 %", "3.4 million". */
  readonly text: string;
  /** Where it begins, in UTF-16 code units. */
  readonly offset: number;
  readonly value: number;
  /** How far the true value may be off by the rounding that the writing shows. */
  readonly tolerance: number;
  readonly isPercent: boolean;
  /** Which sentence or line it stands in, counted from 0. */
  readonly sentence: number;
  /** A small whole number or a year, which in prose need not be a statement about the data. */
  readonly isIncidental: boolean;
}

const multipliers: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  million: 1e6,
  bn: 1e9,
  b: 1e9,
  billion: 1e9,
  trillion: 1e12,
};

const largestIncidental = 12;
/** More numbers than these are not looked at: a text of nothing but numbers would take its reader's time. */
const mostNumbers = 200;

// What stands inside code, links, dates and list markers states nothing.
const silent =
  /```[\s\S]*?(?:```|(?![\s\S]))|`[^`\n]*`|https?:\/\/\S+|^[ \t]*\d{1,3}[.)](?=\s)|\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?)?|\d{1,2}:\d{2}(?::\d{2})?/gm;

const written =
  /(?<![\p{L}\p{N}_.,])([−+-]?)(\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[eE]([+-]?\d{1,3}))?(?:\s?(%|percent\b|per cent\b)|\s?(thousand|million|billion|trillion|bn)\b|(k|m|b)\b)?(?![\p{L}\p{N}_]|[.,]\d)/giu;

const hedge = /\b(about|around|roughly|approximately|nearly|almost|some|over|under|more than|less than|ca\.?|circa)\s+(?:[$€£¥]\s?)?$|[~≈]\s?$/i;

/** The text with everything that states no number replaced by spaces, so that offsets stay. */
function stated(text: string): string {
  return text.replace(silent, (found) => ' '.repeat(found.length));
}

/** Numbers that a text states, in their order. */
export function writtenNumbers(text: string): readonly WrittenNumber[] {
  const plain = stated(text);
  const ends = [...plain.matchAll(/[.!?](?=\s)|\n/g)].map((match) => match.index);
  const found: WrittenNumber[] = [];
  for (const match of plain.matchAll(written)) {
    if (found.length >= mostNumbers) break;
    const [whole, sign = '', digits = '', exponent, percent, word, letter] = match;
    const scale = 10 ** Number(exponent ?? 0) * (multipliers[(word ?? letter ?? '').toLowerCase()] ?? 1);
    const bare = digits.replaceAll(/[,\u00a0\u202f]/g, '');
    const value = Number(bare) * scale * (sign === '−' || (sign === '-' && isSign(plain, match.index)) ? -1 : 1);
    if (!Number.isFinite(value)) continue;
    const isWhole = !bare.includes('.') && percent === undefined && scale === 1;
    const before = plain.slice(Math.max(0, match.index - 20), match.index);
    const isYear = isWhole && /^[12]\d{3}$/.test(digits) && !/[$€£¥]\s?$/.test(before);
    found.push({
      text: whole,
      offset: match.index,
      value,
      tolerance: toleranceOf(bare, scale, isWhole && hedge.test(before)),
      isPercent: percent !== undefined,
      sentence: ends.filter((end) => end < match.index).length,
      isIncidental: isYear || (isWhole && Math.abs(value) <= largestIncidental),
    });
  }
  return found;
}

/** A hyphen between two numbers or words is none: "10-20". */
function isSign(text: string, index: number): boolean {
  return index === 0 || /[\s(|*:=~≈]/.test(text.charAt(index - 1));
}

/** Half a unit of the last place; of the last place that is not zero where the words say that it is round. */
function toleranceOf(digits: string, scale: number, isHedged: boolean): number {
  const decimals = digits.split('.')[1]?.length ?? 0;
  const zeros = isHedged ? (/0+$/.exec(digits)?.[0].length ?? 0) : 0;
  // Halves round either way, and doubles are not exact.
  return 0.5 * 10 ** (decimals > 0 ? -decimals : zeros) * scale * 1.001 + Number.EPSILON;
}
