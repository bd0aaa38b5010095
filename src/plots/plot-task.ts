import type { AppErrorOptions } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { TableData } from '../base/table.ts';

/** What the worker is asked to do. */
export type PlotTask =
  | { readonly kind: 'check'; readonly spec: JsonObject; readonly data: TableData; readonly maxMarks: number }
  | { readonly kind: 'svg'; readonly spec: JsonObject };

/** A task on its way to the worker. */
export interface PlotRequest {
  readonly id: number;
  readonly task: PlotTask;
}

/** What comes back. An error that is not an AppError has `isExpected` false, and its message stays in the log. */
export type PlotReply =
  | { readonly id: number; readonly kind: 'spec'; readonly spec: JsonObject }
  | { readonly id: number; readonly kind: 'svg'; readonly svg: string }
  | { readonly id: number; readonly kind: 'error'; readonly message: string; readonly isExpected: boolean; readonly issues: AppErrorOptions['issues'] };
