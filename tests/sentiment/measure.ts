import type { Contestant } from './contestants.ts';
import type { Example, Held } from './sets.ts';

/** How well a contestant does on some examples. */
export interface Measure {
  /** The mean of the recalls of the classes that occur. */
  readonly recall: number;
  /** The mean of their F1. */
  readonly f1: number;
}

/** Measures a contestant. */
export function measure(contestant: Contestant, examples: readonly Example[]): Measure {
  const judged = examples.map(({ text, held }) => ({ held, said: contestant(text) }));
  const classes: readonly Held[] = [...new Set(examples.map(({ held }) => held))];
  const each = classes.map((name) => {
    const right = judged.filter(({ held, said }) => held === name && said === name).length;
    const recall = right / judged.filter(({ held }) => held === name).length;
    const precision = right / Math.max(1, judged.filter(({ said }) => said === name).length);
    return { recall, f1: right === 0 ? 0 : (2 * recall * precision) / (recall + precision) };
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { recall: mean(each.map(({ recall }) => recall)), f1: mean(each.map(({ f1 }) => f1)) };
}
