import type { ChartKind as ResultChartKind } from '../charts/chart-for.ts';

/** How people may wish to see an answer: a chart of its result, or one of those that need other values. */
export type ChartKind = ResultChartKind | 'scatter' | 'histogram' | 'box' | 'table';

const kinds: readonly { readonly pattern: string; readonly kind: ChartKind }[] = [
  { pattern: 'stacked(?: bars?| columns?)?', kind: 'stacked bar' },
  { pattern: 'grouped(?: bars?| columns?)?', kind: 'grouped bar' },
  { pattern: 'small multiples|panels|facets', kind: 'small multiples' },
  { pattern: '(?:horizontal )?bars?', kind: 'bar' },
  { pattern: 'columns?|vertical bars?', kind: 'column' },
  { pattern: 'lines?', kind: 'line' },
  { pattern: 'area', kind: 'area' },
  { pattern: 'pie|donut|doughnut', kind: 'pie' },
  { pattern: 'scatter(?: ?plot)?|points?', kind: 'scatter' },
  { pattern: 'histogram', kind: 'histogram' },
  { pattern: 'heat ?map', kind: 'heat map' },
  { pattern: 'box(?: ?plot)?', kind: 'box' },
  { pattern: 'map', kind: 'map' },
  { pattern: 'table', kind: 'table' },
];

const noun = '(?:chart|plot|graph|diagram)s?';
const names = kinds.map(({ pattern }) => pattern).join('|');

// "as a bar chart", "in a pie", "make it a line chart", "bar chart of ...", "can I have a table instead".
const wishes: readonly RegExp[] = [
  new RegExp(
    String.raw`\b(?:as|in|into|with|using|by means of)\s+(?:an?\s+|the\s+)?(${names})(?:\s+${noun})?(?=\s+(?:please|instead|too)|\s*[.?!,]*\s*$)`,
    'i',
  ),
  /\bon\s+(?:an?|the)\s+(?:world\s+)?(map)(?=\s+please|\s*[.?!,]*\s*$)/i,
  new RegExp(String.raw`\b(?:as|in|into|with|using)\s+(?:an?\s+)?(${names})\s+${noun}\b`, 'i'),
  new RegExp(String.raw`\b(?:make|turn|draw|show|plot|change)\s+(?:it|that|this|them)\s+(?:(?:as|in|into|to)\s+)?(?:an?\s+)?(${names})(?:\s+${noun})?`, 'i'),
  new RegExp(
    String.raw`^\s*(?:(?:please|can you|could you)\s+)?(?:(?:draw|make|create|plot|show|give|build)\s+(?:me\s+)?)?(?:an?\s+)?(${names})\s+${noun}\s*(?:of|for|showing|with)?`,
    'i',
  ),
  new RegExp(
    String.raw`^\s*(?:(?:draw|make|create|plot|show|give)\s+(?:me\s+)?)?(?:an?\s+)?(heat ?map|box ?plot|scatter ?plot)\s*(?:of|for|showing|with)?`,
    'i',
  ),
];

/**
 * Takes the wish for a kind of picture out of a question.
 *
 * @returns the rest of the question, and the kind; null where none is wished
 */
export function readWish(text: string): { readonly rest: string; readonly kind: ChartKind | null } {
  for (const wish of wishes) {
    const match = wish.exec(text);
    const word = match?.[1];
    if (match === null || word === undefined) continue;
    const kind = kinds.find(({ pattern }) => new RegExp(`^(?:${pattern})$`, 'i').test(word))?.kind ?? null;
    if (kind === null || kind === 'histogram') continue;
    const rest = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`.replace(/\s+(?:instead|please)\s*(?=[.?!]*$)/i, ' ').trim();
    const asked = kind === 'scatter' ? 'correlation of' : kind === 'box' && /\b(?:by|per|for each|across)\b/i.test(rest) ? 'distribution of' : null;
    return { rest: asked === null || rest === '' ? rest : `${asked} ${rest}`, kind };
  }
  return { rest: text, kind: null };
}
