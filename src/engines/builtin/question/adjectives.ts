import { spacedName, type Column, type Table } from '../column.ts';

/** Words that say both what is measured and which end is meant. */
const adjectives: readonly { readonly words: string; readonly name: RegExp; readonly isAscending: boolean }[] = [
  { words: 'hottest|warmest', name: /temp|heat/i, isAscending: false },
  { words: 'coldest|coolest', name: /temp/i, isAscending: true },
  { words: 'wettest|rainiest', name: /precip|rain/i, isAscending: false },
  { words: 'driest', name: /precip|rain/i, isAscending: true },
  { words: 'windiest', name: /wind/i, isAscending: false },
  { words: 'heaviest', name: /weight|mass/i, isAscending: false },
  { words: 'lightest', name: /weight|mass/i, isAscending: true },
  { words: 'cheapest|least expensive', name: /price|cost/i, isAscending: true },
  { words: 'most expensive|priciest|dearest', name: /price|cost/i, isAscending: false },
  { words: 'oldest', name: /\bage\b/i, isAscending: false },
  { words: 'youngest', name: /\bage\b/i, isAscending: true },
  { words: 'tallest', name: /height/i, isAscending: false },
  { words: 'longest', name: /length|duration|time|distance/i, isAscending: false },
  { words: 'shortest', name: /length|duration|time|distance|height/i, isAscending: true },
  { words: 'fastest', name: /speed|velocity/i, isAscending: false },
  { words: 'slowest', name: /speed|velocity/i, isAscending: true },
  { words: 'richest|wealthiest', name: /income|wealth|gdp|salary/i, isAscending: false },
  { words: 'poorest', name: /income|wealth|gdp|salary/i, isAscending: true },
  { words: 'most populous|biggest by people', name: /\bpop(ulation)?\b/i, isAscending: false },
];

/** Every such word, as part of a pattern. */
export const adjectiveWords: string = adjectives.map(({ words }) => words).join('|');

/** Those of them that ask for the low end. */
export const downwardAdjectives: string = adjectives
  .filter(({ isAscending }) => isAscending)
  .map(({ words }) => words)
  .join('|');

/** The only measure that an adjective of a question can mean; null where it has none, or might mean several. */
export function impliedMeasure(table: Table, text: string): Column | null {
  const found = adjectives.find(({ words }) => new RegExp(String.raw`\b(?:${words})\b`, 'i').test(text));
  if (found === undefined) return null;
  const columns = table.columns.filter((column) => column.role === 'measure' && found.name.test(spacedName(column.name)));
  const [only, ...others] = columns;
  // Of temp_max and temp_min the hottest day has the highest maximum, the coldest the lowest minimum.
  const end = columns.find((column) => (found.isAscending ? /\bmin(imum)?\b|low/i : /\bmax(imum)?\b|high/i).test(spacedName(column.name)));
  return others.length === 0 ? (only ?? null) : (end ?? null);
}

/** The adjective of a question that does not say which end of a measure it means: "slowest" of accelerations. Null where it does, or there is none. */
export function adjectiveMismatch(text: string, measure: Column): string | null {
  for (const { words, name } of adjectives) {
    const found = new RegExp(String.raw`\b(?:${words})\b`, 'i').exec(text)?.[0];
    if (found !== undefined && !name.test(spacedName(measure.name))) return found;
  }
  return null;
}
