import { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { TableData } from '../base/table.ts';
import { createPlotProcess, type PlotProcessOptions } from './plot-process.ts';

/** Options of the plots. Each has a default. */
export interface PlotsOptions extends Partial<PlotProcessOptions> {
  /** How many rows and marks a plot may have; 5,000 by default. */
  readonly maxMarks?: number;
}

/** Checks and draws Vega-Lite plots, in a process of its own so that the server goes on. */
export interface Plots {
  /**
   * Turns what an engine wrote into a plot that can be shown: refuses what reaches out of it, checks it against the official JSON schema
   * of Vega-Lite 6, checks that each field is a column, puts the rows in, lays the house style under it, and draws it once.
   *
   * @param spec a Vega-Lite specification without data
   * @param data the rows
   * @param signal gives up waiting
   * @returns the specification with `$schema`, `config` and `data: { values }`
   * @throws AppError PLOT_INVALID, with a message by which an engine can mend its specification; SERVICE_UNAVAILABLE when too many
   * plots are waiting
   */
  check(spec: JsonObject, data: TableData, signal?: AbortSignal): Promise<JsonObject>;
  /**
   * Draws a finished specification, as `check` returned it.
   *
   * @returns the SVG as text
   * @throws AppError PLOT_INVALID when it cannot be drawn
   */
  renderSvg(spec: JsonObject, signal?: AbortSignal): Promise<string>;
  /** Ends the process. */
  close(): Promise<void>;
}

/**
 * The plots of the product.
 *
 * @param options.timeoutMs how long one plot may take, 10,000 ms by default; the first one includes a second of preparation
 * @param options.maxHeapMb the heap of the process, 512 MB by default
 * @param options.idleMs when an idle process is let go, 60,000 ms by default
 * @param options.maxWaiting how many plots may wait, 100 by default
 */
export function createPlots(options: PlotsOptions = {}): Plots {
  const { maxMarks = 5_000, timeoutMs = 10_000, maxHeapMb = 512, idleMs = 60_000, maxWaiting = 100 } = options;
  const plotProcess = createPlotProcess({ timeoutMs, maxHeapMb, idleMs, maxWaiting });

  return {
    async check(spec, data, signal) {
      const reply = await plotProcess.perform({ kind: 'check', spec, data, maxMarks }, signal);
      if (reply.kind === 'spec') return reply.spec;
      throw failureOf(reply);
    },
    async renderSvg(spec, signal) {
      const reply = await plotProcess.perform({ kind: 'svg', spec }, signal);
      if (reply.kind === 'svg') return reply.svg;
      throw failureOf(reply);
    },
    close: () => plotProcess.close(),
  };
}

function failureOf(reply: { readonly kind: string; readonly message?: string; readonly isExpected?: boolean; readonly issues?: AppError['issues'] }): Error {
  if (reply.isExpected === true && reply.message !== undefined) return new AppError('PLOT_INVALID', reply.message, { issues: reply.issues });
  return new Error(`The plot process failed: ${reply.message ?? `an unexpected reply of kind ${reply.kind}`}`);
}
