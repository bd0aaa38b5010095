import type { Reader } from '../base/takeable.ts';
import type { RunEvent, RunEventData } from './run-event.ts';

/**
 * The durable log of runs. Every event is numbered and stored before any reader sees it.
 *
 * Two kinds of bodies are possible, one on PostgreSQL and one on another store; both pass the same contract tests.
 */
export interface RunLog {
  /**
   * The only writer of a run, as long as the run is leased to this node.
   *
   * @param runId the run
   * @param lastSeq the number of the run's last stored event
   */
  openWriter(runId: string, lastSeq: number): RunWriter;
  /**
   * Follows a run from a position until its last event, on whichever node it runs.
   *
   * @param runId the run
   * @param after the number of the last event that the caller has; 0 for none
   */
  read(runId: string, after: number): Reader<RunEvent>;
  /** Up to `limit` stored events after a number, in order. */
  list(runId: string, after: number, limit: number): Promise<readonly RunEvent[]>;
  /** Wakes this node's readers of a run, because somebody else has stored an event of it. */
  wake(runId: string): void;
  /** Called with the payload of a notification on `channel` from any node. */
  notified(payload: string): void;
  /** Notifications may have been lost: everybody looks again. */
  wakeAll(): void;
  /** The channel of notifications. */
  readonly channel: string;
  /** Stores what is pending, then stops. */
  close(): Promise<void>;
}

/** Appends to the log of one run. Nothing here throws and nothing waits: the engine is never held up by the store. */
export interface RunWriter {
  /** Appends an event. */
  append(data: RunEventData): void;
  /**
   * Appends text to the answer. Pieces of one part that arrive between two commits become one delta.
   *
   * @param position the place of the part in the message
   * @param type what the text is; `TextDelta` by default
   */
  appendText(position: number, text: string, type?: 'TextDelta' | 'ReasoningDelta'): void;
  /** Resolves when everything appended so far is stored; rejects when the run was taken away from this node. */
  flushed(): Promise<void>;
  /** Null while little is pending, else resolves when the store has caught up: wait for it before asking an engine for more. */
  ready(): Promise<void> | null;
  /** The number that the next event will get. Only after `flushed`. */
  nextSeq(): number;
  /** Hands an event to this node's readers that somebody else has stored, such as the last one, which is stored with the run's end. */
  deliver(event: RunEvent): void;
  /** Aborts when the run was taken away from this node: its lease ran out and somebody else ended it. */
  readonly lost: AbortSignal;
  /** Readers go on from the store. */
  close(): void;
}
