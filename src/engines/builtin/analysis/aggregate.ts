import type { Column } from '../column.ts';
import { fieldName } from '../sql.ts';
import { finite } from './measures.ts';

/** How values of many rows become one. */
export type Aggregate = 'count' | 'sum' | 'avg' | 'median' | 'min' | 'max';

const adjectives: Readonly<Record<Aggregate, string>> = { count: 'number of', sum: 'total', avg: 'average', median: 'median', min: 'lowest', max: 'highest' };

/** SQL of an aggregate of a measure; of the rows where there is none. */
export function aggregateSql(aggregate: Aggregate, measure: Column | null): string {
  if (measure === null || aggregate === 'count') return 'count(*)';
  return `${aggregate}(${finite(measure)})`;
}

/** An aggregate in words, which is also the name of its column in results: "average Horsepower", "rows". */
export function aggregateName(aggregate: Aggregate, measure: Column | null): string {
  return measure === null || aggregate === 'count' ? 'rows' : fieldName(`${adjectives[aggregate]} ${measure.name}`);
}
