import { afterEach, expect, it, vi } from 'vitest';
import { followIngest } from '../../src/duckdb/child/ingest-progress.ts';
import type { Workbench } from '../../src/duckdb/child/workbench.ts';

afterEach(() => vi.useRealTimers());

it('tells a fraction that never goes back: first of the writing, then of the profile', () => {
  vi.useFakeTimers();
  let running: ReturnType<Workbench['progress']> = null;
  const told: number[] = [];
  const progress = followIngest((fraction) => told.push(fraction));
  const look = (next: typeof running): void => {
    running = next;
    vi.advanceTimersByTime(100);
  };
  look({ isWriting: false, fraction: 0.9 });
  progress.follow({ progress: () => running });
  look(null);
  look({ isWriting: false, fraction: 0.9 });
  look({ isWriting: true, fraction: 0.5 });
  look({ isWriting: true, fraction: 0.25 });
  look({ isWriting: true, fraction: 1 });
  progress.enterProfile();
  look({ isWriting: false, fraction: 0.5 });
  progress[Symbol.dispose]();
  look({ isWriting: false, fraction: 1 });
  expect(told).toEqual([0.35, 0.7, 0.85]);
});
