import { concessions, outcries, questions, requests, turns, unreal } from './modifiers.ts';
import type { Token } from './tokens.ts';

const wordOf = (token: Token | undefined): string | null => (token?.kind === 'word' ? token.text : null);

/**
 * How much each token of a sentence counts: what follows a "but" more than what stands before it, what is granted less.
 */
export function weightsOf(tokens: readonly Token[]): readonly number[] {
  const weights = tokens.map(() => 1);
  const scale = (from: number, to: number, factor: number): void => {
    for (let index = from; index < to; index += 1) weights[index] = (weights[index] ?? 1) * factor;
  };
  let isAfterTurn = false;
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    const before = wordOf(tokens[index - 1]);
    const isTurn =
      turns.has(token.text) &&
      index > 0 &&
      !(token.text === 'but' && (before === 'nothing' || before === 'anything' || before === 'all')) &&
      (token.text === 'but' ||
        tokens[index - 1]?.kind === 'mark' ||
        (token.text === 'yet' && wordOf(tokens[index + 1]) !== 'to') ||
        token.text === 'however') &&
      !(token.text === 'yet' && index === tokens.length - 1);
    if (isTurn) {
      // Said again, the last turn decides; what is before counts half already.
      scale(0, index, 0.4);
      if (!isAfterTurn) scale(index, tokens.length, 1.25);
      isAfterTurn = true;
    } else if (
      concessions.has(token.text) ||
      (token.text === 'in' && wordOf(tokens[index + 1]) === 'spite') ||
      (token.text === 'apart' && wordOf(tokens[index + 1]) === 'from')
    ) {
      const isFirst = index <= 1;
      // "The start is slow; it gets good though": what stands before the last part is what is granted.
      if (index === tokens.length - 1) {
        const part = tokens.findLastIndex((other) => other.kind === 'mark');
        if (part > 0) scale(0, part, 0.4);
      }
      const comma = tokens.findIndex((other, place) => place > index && other.kind === 'mark' && other.text === ',');
      scale(index, isFirst && comma !== -1 ? comma : tokens.length, 0.4);
    } else if (unreal.has(token.text) && !(token.text === 'if' && (before === 'as' || before === 'even'))) {
      const comma = tokens.findIndex((other, place) => place > index && other.kind === 'mark');
      scale(index, comma === -1 ? tokens.length : comma, 0.5);
    }
  }
  return weights;
}

/** Questions that begin so ask for facts, also with words that say how something is: "which vitamins are good for the skin?". */
const factual = new Set(['what', 'which', 'where', 'when', 'how', 'whose']);

/**
 * What a sentence is for. One that asks for facts or for a piece of work names things without judging them; one that asks whether or why
 * something is so tells what its writer thinks of it: "isn't it lovely?".
 */
export function purposeOf(tokens: readonly Token[], isQuestion: boolean): 'statement' | 'opinion' | 'request' {
  const words = tokens.flatMap((token) => (token.kind === 'word' ? [token.text] : []));
  const isPolite = ['please', 'now', 'ok', 'so', 'and'].includes(words[0] ?? '');
  const [first = '', second = ''] = isPolite ? words.slice(1) : words;
  if (words.some((word) => outcries.has(word))) return 'statement';
  if (isQuestion && factual.has(first)) return 'request';
  if (['define', 'explain', 'compare', 'describe'].includes(first)) return 'request';
  if (isQuestion && ['can', 'could', 'would', 'will'].includes(first) && second === 'you') return 'request';
  if (isQuestion && (questions.has(first) || first.endsWith("n't"))) return 'opinion';
  if (requests.has(first) && !['you', 'is', 'was', 'are'].includes(second)) return 'request';
  return first === 'i' && (second === 'need' || second === 'want') ? 'request' : 'statement';
}
