import type { JsonObject } from '../../base/json.ts';
import type { DataDescription } from '../../base/table.ts';
import { readDescription, readResult, type QueryResult } from './results.ts';

/** A tool call as a script plans it. */
export interface PlannedCall {
  readonly name: 'describe_data' | 'run_sql' | 'create_plot' | 'list_goals' | 'list_items' | 'read_plan' | 'propose_changes' | 'search_knowledge';
  readonly arguments: JsonObject;
}

/** How a planned call went. */
export interface CallOutcome {
  readonly content: string;
  readonly isError: boolean;
}

/** What a script wants next: to say something, or to have tools called and be resumed with their outcomes. */
export type ScriptStep = { readonly type: 'say'; readonly text: string } | { readonly type: 'call'; readonly calls: readonly PlannedCall[] };

/**
 * A conversation with the tools written as one function. The engine keeps nothing between calls, so a script is run again from its start
 * each time, with the outcomes that the conversation already holds; hence it must always do the same with the same outcomes.
 */
export type Script<Result = void> = Generator<ScriptStep, Result, readonly CallOutcome[]>;

/** A picture that belongs to a query. */
export interface PlannedPlot {
  readonly title: string;
  readonly sql: string;
  readonly spec: JsonObject;
}

/** Says something, in Markdown. */
export function* say(text: string): Script {
  yield { type: 'say', text };
}

/** Asks what data there is; null when the tool failed. */
export function* describeData(): Script<DataDescription | null> {
  const [outcome] = yield { type: 'call', calls: [{ name: 'describe_data', arguments: {} }] };
  return outcome === undefined || outcome.isError ? null : readDescription(outcome.content);
}

/**
 * Runs queries for the engine's own eyes, in one step.
 *
 * @param queries SQL texts
 * @returns a result for each, null for each that failed
 */
export function* explore(queries: readonly string[]): Script<readonly (QueryResult | null)[]> {
  if (queries.length === 0) return [];
  const outcomes = yield { type: 'call', calls: queries.map((sql) => ({ name: 'run_sql', arguments: { sql, show: false } })) };
  return queries.map((_, index) => resultOf(outcomes[index]));
}

/**
 * Shows a table, and a plot where there is one, in one step.
 *
 * @returns the rows of the table; null when the query failed
 */
export function* present(title: string, sql: string, plot?: PlannedPlot | null): Script<QueryResult | null> {
  const table: PlannedCall = { name: 'run_sql', arguments: { sql, title, show: true } };
  const picture: readonly PlannedCall[] = plot == null ? [] : [{ name: 'create_plot', arguments: { title: plot.title, sql: plot.sql, spec: plot.spec } }];
  const outcomes = yield { type: 'call', calls: [table, ...picture] };
  return resultOf(outcomes[0]);
}

function resultOf(outcome: CallOutcome | undefined): QueryResult | null {
  return outcome === undefined || outcome.isError ? null : readResult(outcome.content);
}
