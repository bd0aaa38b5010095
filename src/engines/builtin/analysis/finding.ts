import { say, type Script } from '../script.ts';

/** Something worth telling about a table. */
export interface Finding {
  /** How interesting it is, 0 to 1. */
  readonly score: number;
  /** How many plots it shows. */
  readonly plots: number;
  /** A heading in words. */
  readonly heading: string;
  /**
   * Shows the tables and plots and says what they mean.
   *
   * @returns one sentence for the summary; null where nothing could be found out
   */
  readonly tell: () => Script<string | null>;
}

/** What is said when the query of a finding fails: the heading is out already. */
export function* tellFailure(): Script<null> {
  yield* say('This could not be worked out: the query failed.\n\n');
  return null;
}
