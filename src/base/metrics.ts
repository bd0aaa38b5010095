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
   */
  counter(name: string, help: string): Counter;
  /** All of them in the text format of Prometheus 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). */
  text(): string;
}

/** What a counter holds at most; whatever comes beyond it is counted under one label `other`. */
const mostSeries = 1_000;

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');

/** Creates it, with nothing in it. */
export function createMetrics(): Metrics {
  const counters: { readonly name: string; readonly help: string; readonly series: ReadonlyMap<string, number> }[] = [];
  return {
    counter: (name, help) => {
      const series = new Map<string, number>();
      counters.push({ name, help, series });
      return {
        add: (labels, amount = 1) => {
          const own = labelsText(labels);
          // Names of models may be anything that people type.
          const key = series.has(own) || series.size < mostSeries ? own : labelsText(Object.fromEntries(Object.keys(labels).map((label) => [label, 'other'])));
          series.set(key, (series.get(key) ?? 0) + amount);
        },
      };
    },
    text: () =>
      counters
        .map(({ name, help, series }) =>
          [
            `# HELP ${name} ${help}`,
            `# TYPE ${name} counter`,
            ...[...series].map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}`),
          ].join('\n'),
        )
        .join('\n')
        .concat('\n'),
  };
}
