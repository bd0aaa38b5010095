import { degrees, negators, turns, weakNegators } from './modifiers.ts';
import type { Lexicon } from './lexicon.ts';
import { phraseAt, type PhraseBook } from './phrases.ts';
import type { Emotion } from '../../base/sentiment.ts';
import type { Token } from './tokens.ts';

/** A part of a sentence that says something good or bad. */
export interface Finding {
  readonly value: number;
  readonly emotion: Emotion | null;
  /** The token it begins at. */
  readonly index: number;
  /** Whether it is a word of the lexicon, a phrase or a face. */
  readonly source: 'word' | 'phrase' | 'face';
  readonly isNegated: boolean;
  /** Whether it says how something is: an adjective or an adverb. */
  readonly isQuality: boolean;
}

/** How far a negation reaches, in words. */
const reach = 6;

/** How far it reaches through what somebody thinks or says: "I didn't think that the instructions were helpful". */
const longReach = 10;

const opinions = new Set(['think', 'believe', 'feel', 'find', 'consider', 'say', 'call', 'imagine', 'guess']);

const comparatives = new Set(['more', 'better', 'worse']);

/** What a negation leaves of a good word and of a bad one, as a factor: "not good" is bad, "not bad" is good, and both are weaker than the plain words. */
const negatedGood = -0.75;
const negatedBad = -0.6;

/** What shouting and lengthening add. */
const shoutFactor = 1.25;
const lengthFactor = 1.2;

const wordOf = (token: Token | undefined): string | null => (token?.kind === 'word' ? token.text : null);

/** Whether the negation is one of form only: "not only", "isn't she wonderful?". */
function isOnlyForm(tokens: readonly Token[], index: number, isQuestion: boolean): boolean {
  const next = wordOf(tokens[index + 1]);
  // "I have never been more insulted", "never had such bland food", "it couldn't be simpler": these strengthen.
  const following = tokens.slice(index + 1, index + 6).map(wordOf);
  const word = wordOf(tokens[index]);
  if (word === 'never' && following.some((other) => other === 'such' || other === 'so' || other === 'more')) return true;
  if (
    /^(couldn'?t|cannot|can't)$/.test(word ?? '') &&
    following.some((other) => other !== null && (comparatives.has(other) || /[^aeiou]ier$|pler$|sier$/.test(other)))
  )
    return true;
  if (next === 'short' && wordOf(tokens[index + 2]) === 'of') return true;
  if (next === 'only' || next === 'just' || (wordOf(tokens[index]) === 'nothing' && next === 'but') || next === 'wonder') return true;
  const isFirst = index === 0 || (index === 1 && ['who', 'why', 'and', 'oh'].includes(wordOf(tokens[0]) ?? ''));
  return isQuestion && isFirst && (wordOf(tokens[index])?.includes("n't") ?? false);
}

function lookUp(lexicon: Lexicon, word: string) {
  // Lengthened letters come as two: "goodd", "looks coool".
  const lastSingle = word.replace(/(\p{L})\1$/u, '$1');
  const innerSingle = word.replace(/(\p{L})\1(?=\p{L}$)/u, '$1');
  const stem = word.replace(/'s$/, '');
  const whole = lexicon.get(word) ?? lexicon.get(stem) ?? lexicon.get(lastSingle) ?? lexicon.get(innerSingle);
  if (whole !== undefined || !word.includes('-')) return whole ?? null;
  // Of a compound such as "pain-free" the parts speak; the last one decides.
  if (word.endsWith('-free')) return (lexicon.get(word.slice(0, -5))?.value ?? 0) < 0 ? { value: 1.6, emotion: null, isQuality: true } : null;
  const parts = word.split('-').flatMap((part) => lexicon.get(part) ?? []);
  return parts.at(-1) ?? null;
}

/** What the words before a word make of it. */
function degreeBefore(tokens: readonly Token[], index: number): number {
  let factor = 1;
  for (let back = 1; back <= 2; back += 1) {
    const token = tokens[index - back];
    if (token === undefined || token.kind !== 'word') break;
    const degree = degrees.get(token.text) ?? (token.isLengthened ? degrees.get(token.text.replace(/(\p{L})\1/gu, '$1')) : undefined);
    if (degree === undefined) continue;
    // Repeated and lengthened degrees add up: "very, very", "soooo".
    factor *= back === 1 ? degree : 1 + (degree - 1) * 0.6;
    if (token.isLengthened || token.isShouted) factor *= degree > 1 ? 1.1 : 1;
  }
  return factor;
}

/** What "keeps asking", of something that is neither good nor bad by itself, says. */
const repetition = -1.5;

const progress = new Set(['going', 'getting', 'running', 'working', 'growing', 'learning', 'reading', 'coming', 'moving', 'fighting', 'trying']);

/** Whether something is said to happen again and again: "keeps asking", "you keep asking". */
function isAgain(tokens: readonly Token[], index: number, lexicon: Lexicon): boolean {
  const word = wordOf(tokens[index]);
  const before = wordOf(tokens[index - 1]);
  if (word !== 'keeps' && word !== 'kept' && !(word === 'keep' && (before === 'you' || before === 'they'))) return false;
  const next = wordOf(tokens[index + 1]);
  return next !== null && next.endsWith('ing') && !progress.has(next) && lookUp(lexicon, next) === null;
}

interface Negation {
  /** The number of its word in the sentence. */
  readonly from: number;
  readonly isWeak: boolean;
  /** In words. */
  readonly reach: number;
}

/** A negation that reaches as far again from an "or" on, if it reached that far. */
function renewed(negation: Negation | null, words: number): Negation | null {
  return negation !== null && words - negation.from <= negation.reach ? { ...negation, from: words } : null;
}

/** What stands in a sentence, word by word: negations, degrees and phrases worked in. */
export function findingsOf(tokens: readonly Token[], lexicon: Lexicon, book: PhraseBook, isQuestion: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  let negation: Negation | null = null;
  let isPast = false;
  let words = 0;
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.kind === 'mark') {
      isPast = false;
      negation = null;
      continue;
    }
    if (token.kind === 'face') {
      findings.push({ value: token.face.value, emotion: token.face.emotion, index, source: 'face', isNegated: false, isQuality: false });
      continue;
    }
    words += 1;
    const isForm = negators.has(token.text) && isOnlyForm(tokens, index, isQuestion);
    const found = isForm ? null : phraseAt(book, tokens, index);
    if (found !== null && !(found.phrase.isOpaque && found.phrase.elements.length === 1 && negators.has(token.text))) {
      const { phrase, end } = found;
      if (!phrase.isOpaque) {
        const isNegated = negation !== null && words - negation.from <= negation.reach && !negators.has(token.text);
        const emphasis = tokens.slice(index, end).some((inner) => inner.kind === 'word' && (inner.isShouted || inner.isLengthened)) ? shoutFactor : 1;
        const value = phrase.value * emphasis * degreeBefore(tokens, index);
        findings.push({
          value: isNegated ? value * (value > 0 ? negatedGood : negatedBad) : value,
          emotion: isNegated ? null : phrase.emotion,
          index,
          source: 'phrase',
          isNegated,
          isQuality: false,
        });
      }
      words += end - index - 1;
      isPast ||= token.text === 'used';
      index = end - 1;
      continue;
    }
    if (token.kind === 'number') continue;
    const word = token.text;
    const isTurned = (word === 'anything' && wordOf(tokens[index + 1]) === 'but') || (word === 'far' && wordOf(tokens[index + 1]) === 'from');
    if (isTurned || (negators.has(word) && !isForm)) {
      // A second negation takes the first one back: "not without".
      const next = wordOf(tokens[index + 1]);
      const far = next !== null && opinions.has(next) ? longReach : reach;
      negation = negation !== null && word !== 'nor' && words - negation.from <= 3 ? null : { from: words, isWeak: false, reach: far };
      continue;
    }
    if (weakNegators.has(word)) {
      negation = { from: words, isWeak: true, reach };
      continue;
    }
    const isBehindTurned = word === 'but' && negation?.from === words - 1;
    if ((turns.has(word) && !isBehindTurned) || word === 'because' || word === 'and' || word === 'then' || word === 'so') {
      if (word !== 'and' && word !== 'so') negation = null;
      else if (negation !== null && words - negation.from > 2) negation = null;
    }
    // "not engaging or exciting"
    if (word === 'or') negation = renewed(negation, words);
    const entry = lookUp(lexicon, word);
    if (isAgain(tokens, index, lexicon))
      findings.push({ value: repetition, emotion: 'FRUSTRATION', index, source: 'word', isNegated: false, isQuality: false });
    if (entry === null) continue;
    // "ridiculously talented", "incredibly deep": an adverb of degree before a word says nothing itself.
    const following = wordOf(tokens[index + 1]);
    const isBeforeMeaning = following !== null && (lookUp(lexicon, following) !== null || degrees.has(following) || negators.has(following));
    if (degrees.has(word) && (isBeforeMeaning || (following !== null && word.endsWith('ly')))) continue;
    const isNegated = negation !== null && words - negation.from <= negation.reach;
    let factor = (token.isShouted ? shoutFactor : 1) * (token.isLengthened ? lengthFactor : 1);
    const degree = degreeBefore(tokens, index);
    // "not very good" is no stronger than "not good".
    factor *= isNegated ? Math.min(1, degree) : degree;
    const turned = isNegated ? (entry.value > 0 ? negatedGood : negatedBad) * (negation?.isWeak === true ? 0.8 : 1) : 1;
    // "It used to be lovely": what was good is missed.
    const gone = isPast && entry.value > 0 && !isNegated ? -0.3 : 1;
    findings.push({
      value: entry.value * factor * turned * gone,
      emotion: isNegated || gone < 1 ? null : entry.emotion,
      index,
      source: 'word',
      isNegated,
      isQuality: entry.isQuality,
    });
  }
  return findings;
}
