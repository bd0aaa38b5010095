import type { Aggregate } from '../analysis/aggregate.ts';
import type { Column } from '../column.ts';
import type { Grain } from '../dates.ts';
import type { Change, Intent } from './question.ts';

/** What a question about values is made of, so that a part of it can be exchanged. */
export interface Frame {
  readonly aggregate: Aggregate;
  readonly measure: Column | null;
  readonly by: Column | null;
  readonly second: Column | null;
  readonly time: Column | null;
  readonly grain: Grain | null;
  readonly isCalendarMonth: boolean;
  readonly change: Change;
  readonly limit: number | null;
  readonly isAscending: boolean;
  readonly order: 'value' | 'name';
  /** The rows themselves, by the measure, and not what is made of them. */
  readonly isOfRows: boolean;
}

const plain: Frame = {
  aggregate: 'count',
  measure: null,
  by: null,
  second: null,
  time: null,
  grain: null,
  isCalendarMonth: false,
  change: 'none',
  limit: null,
  isAscending: false,
  order: 'value',
  isOfRows: false,
};

/** Takes an intent apart; null for one that is not about values. */
export function toFrame(intent: Intent): Frame | null {
  switch (intent.kind) {
    case 'aggregate':
      return { ...plain, aggregate: intent.aggregate, measure: intent.measure };
    case 'group': {
      const { kind: _kind, ...rest } = intent;
      return { ...plain, ...rest };
    }
    case 'time': {
      const { kind: _kind, series, ...rest } = intent;
      return { ...plain, ...rest, by: series };
    }
    case 'top':
      return { ...plain, aggregate: 'avg', measure: intent.measure, limit: intent.limit, isAscending: intent.isAscending, isOfRows: true };
    case 'distribution':
      return intent.column.isNumber
        ? { ...plain, aggregate: intent.column.isAdditive ? 'sum' : 'avg', measure: intent.column }
        : { ...plain, by: intent.column };
    case 'spread':
      return { ...plain, aggregate: 'median', measure: intent.column, by: intent.by };
    case 'distinct':
      return { ...plain, by: intent.column };
    case 'share': {
      const [first] = intent.of;
      return first === undefined ? null : { ...plain, by: first.column };
    }
    case 'analyse':
    case 'columns':
    case 'compare':
    case 'correlation':
    case 'correlations':
    case 'duplicates':
    case 'help':
    case 'missing':
    case 'outliers':
    case 'rows':
      return null;
    default:
      return intent satisfies never;
  }
}

/** Puts an intent together. */
export function fromFrame(frame: Frame): Intent {
  const { aggregate, measure, by, second, time, grain, isCalendarMonth, change, limit, isAscending, order } = frame;
  if (time !== null) return { kind: 'time', aggregate, measure, time, grain, isCalendarMonth, series: by, change };
  if (frame.isOfRows && measure !== null && by === null) return { kind: 'top', measure, limit: limit ?? 10, isAscending };
  if (by !== null) return { kind: 'group', aggregate, measure, by, second, limit, isAscending, order };
  return { kind: 'aggregate', aggregate, measure };
}
