import type { Finding } from './clauses.ts';
import type { Token } from './tokens.ts';

/** Words that open a sentence with praise, meant or not. */
const openers = new Set(
  'great wonderful fantastic brilliant perfect nice bravo wow congratulations congrats lovely awesome excellent amazing joy love good thanks thank sure super terrific fabulous'.split(
    ' ',
  ),
);

/** Words that may stand before an opener. */
const beforeOpeners = new Set('oh well just wow yeah ah so how simply absolutely i really ok what a another such'.split(' '));

/** Words that name things, so that quotes around another word are a name. */
const namers = new Set(
  'word words called named labelled labeled titled says said wrote written button file band album song film movie book chapter term meaning keyword says column field key class function of the'.split(
    ' ',
  ),
);

const ironicQuoters = new Set('what so-called such their your this for sure yeah these his her'.split(' '));

const wordOf = (token: Token | undefined): string => (token?.kind === 'word' ? token.text : '');

/** The places of the words in quotes of at most three words, and whether the quotes name or mock. */
function quotedRanges(tokens: readonly Token[]): readonly { readonly from: number; readonly to: number; readonly isMocking: boolean }[] {
  const ranges: { from: number; to: number; isMocking: boolean }[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.kind !== 'mark' || token.text !== '"') continue;
    const end = tokens.slice(index + 1, index + 5).findIndex((other) => other.kind === 'mark' && other.text === '"');
    if (end < 1) continue;
    const before = [wordOf(tokens[index - 1]), wordOf(tokens[index - 2])];
    // The sentence mark between belongs to the quote or stands before it: "Yeah, sure, "fresh" fish."
    const near = before[0] === '' ? wordOf(tokens[index - 2]) : before[0];
    const isMocking = (ironicQuoters.has(near ?? '') || (near === 'a' && before[1] === 'what') || near === 'what') && !namers.has(near ?? '');
    ranges.push({ from: index, to: index + 1 + end, isMocking });
    index += end + 1;
  }
  return ranges;
}

/** Whether a praise opens the sentence, behind at most two small words. */
function isOpener(tokens: readonly Token[], index: number): boolean {
  if (!openers.has(wordOf(tokens[index]))) return false;
  const before = tokens.slice(0, index).filter((token) => token.kind === 'word');
  return before.length <= 3 && before.every((token) => token.kind === 'word' && (beforeOpeners.has(token.text) || openers.has(token.text)));
}

/**
 * Turns praise that is not meant: before bad news ("Great, another flat tyre"), in mocking quotes, with rolling eyes, and before `/s`.
 */
export function withSarcasm(tokens: readonly Token[], findings: readonly Finding[]): readonly Finding[] {
  const ranges = quotedRanges(tokens);
  const quoted = findings.map((finding) => {
    const range = ranges.find(({ from, to }) => finding.index > from && finding.index < to);
    if (range === undefined) return finding;
    if (finding.value > 0 && range.isMocking) return { ...finding, value: -0.9 * finding.value, emotion: null };
    return finding.value > 0 || finding.source === 'word' ? { ...finding, value: 0, emotion: null } : finding;
  });
  const last = tokens.findLast((token) => token.kind !== 'mark' || token.text === '/s');
  const isMarked = last?.kind === 'mark' && last.text === '/s' && tokens.length > 1;
  const rollsEyes = tokens.some((token) => token.kind === 'face' && (token.text.startsWith('🙄') || token.text.startsWith('😒')));
  const opening = quoted.find((finding) => finding.value > 0 && !finding.isNegated && isOpener(tokens, finding.index));
  const rest = opening === undefined ? [] : quoted.filter((finding) => finding.index > opening.index);
  const bad = rest.reduce((sum, { value }) => sum + Math.min(0, value), 0);
  const good = rest.reduce((sum, { value }) => sum + Math.max(0, value), 0);
  const words = tokens.map(wordOf);
  const turnsLater = opening !== undefined && words.slice(opening.index).some((word) => word === 'but' || word === 'though' || word === 'however');
  const isAgainstFacts = opening !== undefined && bad <= -1 && -bad > good * 0.6 && !turnsLater;
  const isAnother = opening !== undefined && !turnsLater && words.slice(opening.index).includes('another') && words.slice(opening.index).includes('just');
  if (!isMarked && !rollsEyes && !isAgainstFacts && !isAnother) return quoted;
  return quoted.map((finding) => (finding.value > 0 && !finding.isNegated ? { ...finding, value: -0.7 * finding.value, emotion: null } : finding));
}
