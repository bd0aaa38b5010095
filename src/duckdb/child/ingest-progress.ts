import type { Workbench } from './workbench.ts';

/** Tells how far an ingest is, from time to time. */
export interface IngestProgress extends Disposable {
  /** From now on this database does the work. */
  follow(bench: Pick<Workbench, 'progress'>): void;
  /** The table is written; what is left is to profile it. */
  enterProfile(): void;
}

const intervalMs = 100;
/** What part of the work it is to write the table. */
const writingShare = 0.7;

/**
 * Follows the statements of an ingest.
 *
 * @param tell is called with a fraction of 0 to 1 that never goes back
 */
export function followIngest(tell: (fraction: number) => void): IngestProgress {
  let bench: Pick<Workbench, 'progress'> | null = null;
  let isProfiling = false;
  let told = 0;

  const timer = setInterval(() => {
    const running = bench?.progress() ?? null;
    // What looks at the beginning of a file before it is written ends soon, and says nothing about the whole.
    if (running === null || (!isProfiling && !running.isWriting)) return;
    const fraction = isProfiling ? writingShare + (1 - writingShare) * running.fraction : writingShare * running.fraction;
    if (fraction <= told) return;
    told = fraction;
    tell(fraction);
  }, intervalMs);

  return {
    follow(next) {
      bench = next;
    },
    enterProfile() {
      isProfiling = true;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
