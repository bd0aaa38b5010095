import { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { TableData } from '../base/table.ts';
import type { Units } from './form/names.ts';
import { refuseHuge } from './huge.ts';
import { createPlotProcess, type PlotProcessOptions } from './plot-process.ts';
import type { Look, PlotReply, PlotSource } from './plot-task.ts';

/** Options of the plots. Each has a default. */
export interface PlotsOptions extends Partial<PlotProcessOptions> {
  /** How many rows and marks a plot may have; 5,000 by default. */
  readonly maxMarks?: number;
  /** How many pixels a PNG may have; 16 million by default. */
  readonly maxPixels?: number;
}

/** A specification that passed every check. */
export interface CheckedPlot {
  /** As its author meant it, with columns escaped; without data and house style. Other looks are made from it. */
  readonly source: JsonObject;
  /** For clients: with `$schema`, `config` of the light theme and `data: { values }`. */
  readonly spec: JsonObject;
  /** What was left out or changed that the author should know, in sentences. */
  readonly notes: readonly string[];
}

/** Checks and draws Vega-Lite plots, in a process of its own so that the server goes on. */
export interface Plots {
  /**
   * Turns what an engine wrote into a plot that can be shown: leaves out or refuses what reaches out of it, checks it against the official
   * JSON schema of Vega-Lite 6, checks that each field is a column, puts the rows in, gives it good form and the house style, and draws it
   * once.
   *
   * @param spec a Vega-Lite specification without data
   * @param data the rows
   * @param units the units of columns, for axes and legends
   * @param signal gives up waiting
   * @throws AppError PLOT_INVALID, with a message by which an engine can mend its specification; SERVICE_UNAVAILABLE when too many
   * plots are waiting
   */
  check(spec: JsonObject, data: TableData, units: Units, signal?: AbortSignal): Promise<CheckedPlot>;
  /** The specification for clients in another theme or width. */
  renderSpec(plot: PlotSource, look: Look, signal?: AbortSignal): Promise<JsonObject>;
  /**
   * Draws a checked plot.
   *
   * @returns the SVG as text
   * @throws AppError PLOT_INVALID when it cannot be drawn
   */
  renderSvg(plot: PlotSource, look: Look, signal?: AbortSignal): Promise<string>;
  /**
   * Draws a checked plot in pixels, with fonts that ship with the product.
   *
   * @param scale how many pixels of the picture are one of the width
   * @returns the PNG in base64
   * @throws AppError PLOT_INVALID when it cannot be drawn, or would have too many pixels
   */
  renderPng(plot: PlotSource, look: Look & { readonly scale: number }, signal?: AbortSignal): Promise<string>;
  /** Ends the process. */
  close(): Promise<void>;
}

/**
 * The plots of the product.
 *
 * @param options.timeoutMs how long one plot may take, 10,000 ms by default
 * @param options.startTimeoutMs how much longer the first one of a process may take, 20,000 ms by default
 * @param options.maxHeapMb the heap of the process, 512 MB by default
 * @param options.idleMs when an idle process is let go, 60,000 ms by default
 * @param options.maxWaiting how many plots may wait, 100 by default
 */
export function createPlots(options: PlotsOptions = {}): Plots {
  const { maxMarks = 5_000, maxPixels = 16_000_000, timeoutMs = 10_000, startTimeoutMs = 20_000, maxHeapMb = 512, idleMs = 60_000, maxWaiting = 100 } = options;
  const plotProcess = createPlotProcess({ timeoutMs, startTimeoutMs, maxHeapMb, idleMs, maxWaiting });

  return {
    async check(spec, data, units, signal) {
      // Here, because it could not even be sent to the process.
      refuseHuge(spec);
      const reply = await plotProcess.perform({ kind: 'check', spec, data, units, maxMarks }, signal);
      if (reply.kind === 'checked') return { source: reply.source, spec: reply.spec, notes: reply.notes };
      throw failureOf(reply);
    },
    async renderSpec(plot, look, signal) {
      const reply = await plotProcess.perform({ kind: 'spec', plot, look }, signal);
      if (reply.kind === 'spec') return reply.spec;
      throw failureOf(reply);
    },
    async renderSvg(plot, look, signal) {
      const reply = await plotProcess.perform({ kind: 'svg', plot, look }, signal);
      if (reply.kind === 'svg') return reply.svg;
      throw failureOf(reply);
    },
    async renderPng(plot, { theme, width, scale }, signal) {
      const reply = await plotProcess.perform({ kind: 'png', plot, look: { theme, width }, scale, maxPixels }, signal);
      if (reply.kind === 'png') return reply.base64;
      throw failureOf(reply);
    },
    close: () => plotProcess.close(),
  };
}

function failureOf(reply: PlotReply): Error {
  if (reply.kind !== 'error') return new Error(`The plot process failed: an unexpected reply of kind ${reply.kind}`);
  if (reply.isExpected) return new AppError('PLOT_INVALID', reply.message, { issues: reply.issues });
  return new Error(`The plot process failed: ${reply.message}`);
}
