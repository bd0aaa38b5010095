import { chartFor, type CategoryField, type ChartQuestion } from '../charts/chart-for.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Column } from '../column.ts';
import { spacedName } from '../column.ts';
import { fieldName } from '../sql.ts';
import type { ChartKind } from './wishes.ts';

/** What is drawn, and what is said about it where another kind was wished for. */
export interface ChosenChart {
  /** Null where only a table was wished for, and where nothing fits. */
  readonly spec: JsonObject | null;
  readonly note: string;
}

/** Wishes that no value by a category or a time can meet, with the reason. */
const unfit = {
  scatter: 'Points need two measures',
  histogram: 'A histogram needs the values of one measure',
  box: 'Boxes need the values themselves, and these are already summed up',
} as const;

/** A category as charts know it. */
export function categoryField(column: Column, shown: number): CategoryField {
  return { field: fieldName(column.name), title: spacedName(column.name), distinct: Math.min(column.distinctCount, shown), isCountry: isCountry(column) };
}

function isCountry(column: Column): boolean {
  return column.profile.meaning === 'GEOGRAPHIC' && /\b(country|countries|nation)\b/i.test(spacedName(column.name));
}

/** Draws what fits, or what was wished for where it can be read. */
export function chosenChart(wish: ChartKind | null, question: Omit<ChartQuestion, 'wish'>): ChosenChart {
  if (wish === 'table') return { spec: null, note: '' };
  const isUnfit = wish === 'scatter' || wish === 'histogram' || wish === 'box';
  const chart = chartFor({ ...question, wish: isUnfit ? null : wish });
  if (chart === null) return { spec: null, note: '' };
  const note = isUnfit ? `${unfit[wish]}, so this is drawn as a ${chart.kind}.` : chart.note;
  return { spec: chart.spec, note: note === null ? '' : `${note}\n\n` };
}
