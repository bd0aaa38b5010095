import { adjectiveMismatch } from './adjectives.ts';
import type { Intent } from './question.ts';

interface Claim {
  readonly words: RegExp;
  readonly isMet: (intent: Intent) => boolean;
}

const isSpread = (intent: Intent): boolean => intent.kind === 'distribution' || intent.kind === 'spread' || intent.kind === 'outliers';
const isMovement = (intent: Intent): boolean => intent.kind === 'time';
const hasAggregate = (intent: Intent): intent is Extract<Intent, { kind: 'aggregate' | 'group' | 'time' }> =>
  intent.kind === 'aggregate' || intent.kind === 'group' || intent.kind === 'time';

/** Words that ask for a computation, with the readings that perform it. Words that build questions are no unknown words, so they are watched here. */
const claims: readonly Claim[] = [
  {
    words: /\b(?:percent(?:age)? (?:change|growth|increase|decrease)|(?:growth|change|increase|decrease)(?: rate)? in percent|growth rate)\b/i,
    isMet: (intent) => intent.kind === 'time' && intent.change === 'percent',
  },
  { words: /\b(?:running|cumulative|accumulated)\b/i, isMet: (intent) => intent.kind === 'time' && intent.change === 'running' },
  { words: /\b(?:moving|rolling)\b/i, isMet: (intent) => intent.kind === 'time' && intent.change === 'moving' },
  { words: /\bmedian\b/i, isMet: (intent) => (hasAggregate(intent) && intent.aggregate === 'median') || isSpread(intent) },
  {
    words: /\b(?:average|avg|mean)\b/i,
    isMet: (intent) => (hasAggregate(intent) && intent.aggregate === 'avg') || isSpread(intent) || intent.kind === 'compare' || isMovement(intent),
  },
  {
    words: /\b(?:total|sum)\b/i,
    isMet: (intent) => (hasAggregate(intent) && (intent.aggregate === 'sum' || intent.aggregate === 'count')) || isMovement(intent),
  },
  {
    words: /\b(?:share|percent|percentage|proportion|fraction)\b/i,
    isMet: (intent) =>
      intent.kind === 'share' ||
      (intent.kind === 'group' && (intent.aggregate === 'count' || intent.aggregate === 'sum')) ||
      (intent.kind === 'time' && intent.change === 'percent'),
  },
  { words: /\bhow much\b/i, isMet: (intent) => !hasAggregate(intent) || intent.measure !== null },
  { words: /\b(?:over time|trends?|timeline)\b/i, isMet: isMovement },
  { words: /\bcorrelat\w*\b/i, isMet: (intent) => intent.kind === 'correlation' || intent.kind === 'correlations' },
  { words: /\b(?:standard deviation|std(?:dev)?|variance|quartiles?|percentiles?)\b/i, isMet: isSpread },
  { words: /\b(?:ratio|predict\w*|forecast\w*|why|regression|cluster analysis|mode of|future|next (?:year|month|week))\b/i, isMet: () => false },
];

/** Computations that a question asks for and its reading does not perform, in the words of the question. */
export function unmetClaims(text: string, intent: Intent): readonly string[] {
  const measure = 'measure' in intent ? intent.measure : null;
  const mismatch = measure === null ? null : adjectiveMismatch(text, measure);
  return [
    ...(mismatch === null ? [] : [mismatch]),
    ...claims.flatMap(({ words, isMet }) => {
      const found = words.exec(text)?.[0];
      return found === undefined || isMet(intent) ? [] : [found];
    }),
  ];
}
