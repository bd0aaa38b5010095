import { addLayer, keepAll, keepBest } from './data-rules.ts';
import { changeLegend, changeOrder, changeScale, changeSize, changeTitle, renameAxis } from './guide-rules.ts';
import { changeDirection, changeKind, changeMark, changeStack, splitBy, swapAxes } from './mark-rules.ts';
import { isUnable, type Rule, type Sketch } from './sketch.ts';

/** What became of an instruction. */
export type Outcome =
  | { readonly kind: 'changed'; readonly sketch: Sketch }
  /** A part of it is no wish that the rules know. */
  | { readonly kind: 'unknown'; readonly wish: string }
  /** It was understood, and cannot be met. */
  | { readonly kind: 'unable'; readonly wish: string; readonly reason: string };

// Those that take text of any kind come first, since the text may look like another wish.
const literalRules: readonly Rule[] = [changeTitle, renameAxis];

const rules: readonly Rule[] = [
  changeDirection,
  changeStack,
  // "Show points" on a line is no wish for another kind.
  changeMark,
  changeKind,
  swapAxes,
  splitBy,
  changeLegend,
  changeScale,
  changeSize,
  changeOrder,
  keepBest,
  keepAll,
  addLayer,
];

/** Wishes that the rules know, for people who wrote another one. */
export const knownWishes: readonly string[] = [
  'as a line chart',
  'horizontal bars',
  'swap the axes',
  'stack it',
  'side by side',
  'as percent',
  'sort descending',
  'sort by name',
  'only the top 5',
  'log scale',
  'start y at zero',
  'color by <column>',
  'split by <column>',
  'title: <text>',
  'rename x axis to <text>',
  'remove the legend',
  'legend at the bottom',
  'show points',
  'show values',
  'add a trend line',
  'bigger',
];

/**
 * Changes a plot by an instruction in English, made of one or several wishes: "horizontal bars, only the top 5 and title: Best sellers".
 *
 * @param instruction at most some hundred characters
 */
export function follow(instruction: string, sketch: Sketch): Outcome {
  let changed = sketch;
  for (const wish of wishesOf(instruction)) {
    const outcome = apply(wish, changed);
    if (outcome === null) return { kind: 'unknown', wish };
    if (isUnable(outcome)) return { kind: 'unable', wish, reason: outcome.reason };
    changed = outcome;
  }
  return { kind: 'changed', sketch: changed };
}

function apply(wish: string, sketch: Sketch): ReturnType<Rule> {
  for (const rule of literalRules) {
    const outcome = rule(wish, sketch);
    if (outcome !== null) return outcome;
  }
  const plain = wish
    .toLowerCase()
    .replaceAll(/[.!?]+$/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^(please|can you|could you|now|also|and|then)\s+/g, '')
    .replace(/\s+please$/, '');
  for (const rule of rules) {
    const outcome = rule(plain, sketch);
    if (outcome !== null) return outcome;
  }
  return null;
}

/** Cuts an instruction at commas and "and", but not in the text of a title or a name, which goes on to its end. */
function wishesOf(instruction: string): readonly string[] {
  const wishes: string[] = [];
  let rest = instruction.trim();
  while (rest !== '') {
    if (literalRules.some((rule) => rule(rest, { source: {}, title: '', columns: [], rows: [] }) !== null)) return [...wishes, rest];
    const cut = /\s*(?:,\s*(?:and\s+|then\s+)?|;\s*|\s+and\s+(?:then\s+)?|\s+then\s+|\n+)/i.exec(rest);
    const wish = cut === null ? rest : rest.slice(0, cut.index);
    if (wish !== '') wishes.push(wish);
    rest = cut === null ? '' : rest.slice(cut.index + cut[0].length);
  }
  return wishes;
}
