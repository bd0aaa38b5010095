import type { Protection } from './protection.ts';

/** Those of the cases M01 and M02. */
export const sentimentProtections: readonly Protection[] = [
  {
    id: 'M01',
    what: 'the grace after which a run ends without its judgement',
    file: 'src/services/sentiment/run-moods.ts',
    find: 'AbortSignal.any([signal, grace])',
    replace: 'signal',
    test: 'tests/sentiment/model-moods.test.ts',
  },
  {
    id: 'M01',
    what: 'cutting the call that judges off with its run',
    file: 'src/services/sentiment/run-moods.ts',
    find: 'close: () => closing.abort(),',
    replace: 'close: () => {},',
    test: 'tests/sentiment/model-moods.test.ts',
  },
  {
    id: 'M02',
    what: 'judging the two ends of a long text alone',
    file: 'src/sentiment/local/local-judge.ts',
    find: 'text.length <= 2 * longestEnd ? text :',
    replace: 'text.length >= 0 ? text :',
    test: 'tests/sentiment/local-judge.test.ts',
  },
];
