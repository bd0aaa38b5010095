import type { AppErrorOptions } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { TableData } from '../base/table.ts';
import type { Units } from './form/names.ts';
import type { Rows } from './form/views.ts';
import type { PlotTheme } from './theme.ts';

/** A checked specification as its author meant it, with its data: what every look of the plot is made from. */
export interface PlotSource {
  /** Without data and house style. */
  readonly source: JsonObject;
  readonly rows: Rows;
  readonly units: Units;
}

/** How a plot is to look. */
export interface Look {
  readonly theme: PlotTheme;
  /** Pixels of the whole picture; null for the size that the specification has. */
  readonly width: number | null;
}

/** What the worker is asked to do. */
export type PlotTask =
  | { readonly kind: 'check'; readonly spec: JsonObject; readonly data: TableData; readonly units: Units; readonly maxMarks: number }
  | { readonly kind: 'spec' | 'svg'; readonly plot: PlotSource; readonly look: Look }
  | { readonly kind: 'png'; readonly plot: PlotSource; readonly look: Look; readonly scale: number; readonly maxPixels: number };

/** A task on its way to the worker. */
export interface PlotRequest {
  readonly id: number;
  readonly task: PlotTask;
}

/** What a task gives. */
export type PlotResult =
  | { readonly kind: 'checked'; readonly source: JsonObject; readonly spec: JsonObject; readonly notes: readonly string[] }
  | { readonly kind: 'spec'; readonly spec: JsonObject }
  | { readonly kind: 'svg'; readonly svg: string }
  | { readonly kind: 'png'; readonly base64: string };

/** What comes back. An error that is not an AppError has `isExpected` false, and its message stays in the log. */
export type PlotReply =
  | ({ readonly id: number } & PlotResult)
  | { readonly id: number; readonly kind: 'error'; readonly message: string; readonly isExpected: boolean; readonly issues: AppErrorOptions['issues'] };

/** What a process says once it is prepared. */
export interface PlotReady {
  readonly kind: 'ready';
}
