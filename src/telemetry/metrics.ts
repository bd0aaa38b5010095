import { collectDefaultMetrics, Counter as PrometheusCounter, Registry } from 'prom-client';

/** Something that only grows. */
export interface Counter {
  /**
   * Adds.
   *
   * @param labels the same names every time; values are of few kinds, never of people
   * @param amount 1 by default
   */
  add(labels: Readonly<Record<string, string>>, amount?: number): void;
}

/** Numbers for an operator's monitoring, in the memory of this process. */
export interface Metrics {
  /**
   * A counter.
   *
   * @param name in the words of Prometheus, for example `colloquy_model_calls_total`
   * @param help what it counts
   * @param labelNames of its labels
   */
  counter(name: string, help: string, labelNames: readonly string[]): Counter;
  /** Of what `text` gives, as a header of HTTP. */
  readonly contentType: string;
  /** All of them in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
  text(): Promise<string>;
}

/** What a counter holds at most; whatever comes beyond it is counted under one label `other`. */
const mostSeries = 1_000;

/**
 * Creates it, with nothing in it.
 *
 * @param options.hasProcess whether processor time, memory, the event loop and the collection of garbage are told too; false by default
 */
export function createMetrics({ hasProcess = false }: { readonly hasProcess?: boolean } = {}): Metrics {
  const register = new Registry();
  if (hasProcess) collectDefaultMetrics({ register });
  return {
    counter: (name, help, labelNames) => {
      const counter = new PrometheusCounter({ name, help, labelNames, registers: [register] });
      const series = new Set<string>();
      return {
        add: (labels, amount = 1) => {
          const own = JSON.stringify(labelNames.map((label) => labels[label]));
          // Names of models may be anything that people type.
          const isOver = !series.has(own) && series.size >= mostSeries;
          if (!isOver) series.add(own);
          counter.inc(isOver ? Object.fromEntries(labelNames.map((label) => [label, 'other'])) : labels, amount);
        },
      };
    },
    contentType: register.contentType,
    text: () => register.metrics(),
  };
}
