import type { ResumedLoop } from './loop-state.ts';

/** Where a run goes on that has waited for a person, or whose process was gone while a provider worked for it. */
export interface ResumedRun {
  /** The number of its last event. */
  readonly seq: number;
  /** The place of the next part of its answer. */
  readonly position: number;
  /** Where the loop stands that a person was asked in; null where a provider worked for it. */
  readonly loop: ResumedLoop | null;
  /** The entry of the usage of its job; null where there is none. */
  readonly entryId: string | null;
}
