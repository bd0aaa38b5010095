import { aggregateName, type Aggregate } from '../analysis/aggregate.ts';
import type { Column, Table } from '../column.ts';
import type { Grain } from '../dates.ts';
import { count, listed, quoted } from '../words.ts';
import type { Filter } from './filters.ts';
import type { ChartKind } from './wishes.ts';

/** What a question asks for. */
export type Intent =
  | { readonly kind: 'help' | 'analyse' | 'missing' | 'columns' | 'duplicates' }
  | { readonly kind: 'rows'; readonly limit: number }
  | { readonly kind: 'correlation'; readonly left: Column; readonly right: Column }
  | { readonly kind: 'correlations' }
  | { readonly kind: 'outliers' | 'distribution' | 'distinct'; readonly column: Column }
  /** The distribution of a measure in each value of a category. */
  | { readonly kind: 'spread'; readonly column: Column; readonly by: Column }
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate; readonly measure: Column | null }
  | {
      readonly kind: 'group';
      readonly aggregate: Aggregate;
      readonly measure: Column | null;
      readonly by: Column;
      /** A second category, within the first. */
      readonly second: Column | null;
      readonly limit: number | null;
      readonly isAscending: boolean;
      /** By the value, or by the name of the category. */
      readonly order: 'value' | 'name';
    }
  | {
      readonly kind: 'time';
      readonly aggregate: Aggregate;
      readonly measure: Column | null;
      readonly time: Column;
      readonly grain: Grain | null;
      readonly isCalendarMonth: boolean;
      /** A line for each of its values. */
      readonly series: Column | null;
      readonly change: Change;
    }
  | { readonly kind: 'top'; readonly measure: Column; readonly limit: number; readonly isAscending: boolean }
  | { readonly kind: 'compare'; readonly by: Column }
  | { readonly kind: 'share'; readonly of: readonly Filter[] };

/** What is made of the values of periods: nothing, the change from one to the next in percent, their sum so far, the average of some of them. */
export type Change = 'none' | 'percent' | 'running' | 'moving';

/** A question as the analyst understands it. */
export interface Question {
  readonly table: Table;
  readonly intent: Intent;
  readonly filters: readonly Filter[];
  /** The kind of picture that was wished for; null where none was. */
  readonly wish: ChartKind | null;
  /** Words of the question that are not in the reading. */
  readonly leftOut: readonly string[];
  /** Columns that might have been meant as well. */
  readonly alternatives: readonly Column[];
  /** How much of the question was understood, 0 to 1. */
  readonly confidence: number;
}

/** The conditions of a question in SQL. */
export function conditionsOf(question: Pick<Question, 'filters'>): readonly string[] {
  return question.filters.map((filter) => filter.sql);
}

/** The conditions in words, with a comma before; empty for none. */
export function filtersText(filters: readonly Filter[]): string {
  return filters.length === 0 ? '' : `, where ${listed(filters.map((filter) => filter.text))}`;
}

/** What the analyst understood, in words. */
export function readingOf(question: Question): string {
  return `${intentText(question.intent)}${filtersText(question.filters)}`;
}

function intentText(intent: Intent): string {
  switch (intent.kind) {
    case 'help':
      return 'what I can answer';
    case 'analyse':
      return 'an analysis of the data';
    case 'missing':
      return 'missing values by column';
    case 'columns':
      return 'the columns';
    case 'duplicates':
      return 'rows that occur more than once';
    case 'rows':
      return `the first ${count(intent.limit)} rows`;
    case 'correlation':
      return `the correlation of ${quoted(intent.left.name)} and ${quoted(intent.right.name)}`;
    case 'correlations':
      return 'the strongest correlations';
    case 'outliers':
      return `outliers of ${quoted(intent.column.name)}`;
    case 'distribution':
      return `the distribution of ${quoted(intent.column.name)}`;
    case 'spread':
      return `the distribution of ${quoted(intent.column.name)} by ${quoted(intent.by.name)}`;
    case 'distinct':
      return `the different values of ${quoted(intent.column.name)}`;
    case 'aggregate':
      return valueText(intent);
    case 'group': {
      const cut = intent.limit === null ? '' : `, ${intent.isAscending ? 'lowest' : 'highest'} ${count(intent.limit)}`;
      const order = intent.order === 'name' ? ', in the order of the names' : intent.limit === null && intent.isAscending ? ', lowest first' : '';
      return `${valueText(intent)} by ${quoted(intent.by.name)}${intent.second === null ? '' : ` and ${quoted(intent.second.name)}`}${cut}${order}`;
    }
    case 'time':
      return `${changeTexts[intent.change]}${valueText(intent)} ${intent.isCalendarMonth ? 'by month of the year' : intent.grain === null ? 'over time' : `by ${intent.grain}`} (${quoted(intent.time.name)})${intent.series === null ? '' : ` for each ${quoted(intent.series.name)}`}`;
    case 'top':
      return `the ${intent.limit === 1 ? 'row' : `${count(intent.limit)} rows`} with the ${intent.isAscending ? 'lowest' : 'highest'} ${quoted(intent.measure.name)}`;
    case 'compare':
      return `the measures by ${quoted(intent.by.name)}`;
    case 'share':
      return `the share of rows where ${listed(intent.of.map((filter) => filter.text))}`;
    default:
      return intent satisfies never;
  }
}

const changeTexts: Readonly<Record<Change, string>> = {
  none: '',
  percent: 'the change in percent of the ',
  running: 'the running total of the ',
  moving: 'the moving average of the ',
};

function valueText(intent: { readonly aggregate: Aggregate; readonly measure: Column | null }): string {
  return intent.measure === null || intent.aggregate === 'count' ? 'number of rows' : quoted(aggregateName(intent.aggregate, intent.measure));
}

/** A reading as a sentence of the answer. */
export function readingSentence(question: Question): string {
  const others =
    question.alternatives.length === 0
      ? ''
      : ` (There ${question.alternatives.length === 1 ? 'is' : 'are'} also ${listed(question.alternatives.map((column) => quoted(column.name)))}.)`;
  return `I read this as: ${readingOf(question)}.${others}\n\n`;
}
