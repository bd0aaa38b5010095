import { createDeferred, type Deferred } from '../base/async.ts';
import type { Clock } from '../base/clock.ts';
import type { CommitSource, GroupCommit } from './group-commit.ts';
import type { RunEvent, RunEventData } from './run-event.ts';
import type { RunWriter } from './run-log.ts';

/** The newest events of a run that is written on this node, so that readers who keep up need no database. */
export interface Tail {
  /** The stored events after a number; null when some of them have left the tail already. */
  after(seq: number): readonly RunEvent[] | null;
}

/** What a writer needs. */
export interface RunWriterOptions {
  readonly commits: GroupCommit<RunEvent>;
  readonly clock: Clock;
  /** How many characters may be pending before `ready` waits. */
  readonly maxPendingCharacters: number;
  /** How many events the tail holds at least; twice as many at most. */
  readonly tailLength: number;
  /** Called when there is something new for readers. */
  onStored(): void;
  onClose(): void;
}

/** What an event weighs beside its text when it is counted as pending, in characters. */
const eventOverhead = 200;

/** A writer and the tail that it keeps. */
export function createRunWriter(runId: string, lastSeq: number, options: RunWriterOptions): { readonly writer: RunWriter; readonly tail: Tail } {
  const lost = new AbortController();
  let seq = lastSeq;
  let queue: RunEvent[] = [];
  let text = '';
  let textPosition = 0;
  let textType: 'TextDelta' | 'ReasoningDelta' = 'TextDelta';
  let pendingCharacters = 0;
  let isFirstText = true;
  let inFlight = 0;
  let settled: Deferred<void> | null = null;
  let tail: RunEvent[] = [];

  const number = (data: RunEventData): void => {
    seq += 1;
    queue.push({ runId, seq, createdAt: options.clock.now(), data });
  };
  const closeText = (): void => {
    if (text !== '') number({ type: textType, position: textPosition, text });
    text = '';
  };
  const isIdle = (): boolean => queue.length === 0 && text === '' && inFlight === 0;
  const settle = (): void => {
    if (lost.signal.aborted) settled?.reject(lost.signal.reason);
    else if (isIdle()) settled?.resolve();
    else return;
    settled = null;
  };
  const keep = (events: readonly RunEvent[]): void => {
    for (const event of events) tail.push(event);
    // Twice the length before it is cut, so that it is not copied for every event.
    if (tail.length > 2 * options.tailLength) tail = tail.slice(-options.tailLength);
    options.onStored();
  };

  const source: CommitSource<RunEvent> = {
    drain: () => {
      closeText();
      const entries = queue;
      queue = [];
      inFlight = entries.length;
      pendingCharacters = 0;
      return entries;
    },
    committed: (events) => {
      inFlight = 0;
      keep(events);
      settle();
    },
    refused: () => {
      inFlight = 0;
      lost.abort(new Error('the run was taken over: its lease had run out'));
      settle();
      // Readers find the end in the store, not in the tail.
      options.onClose();
      options.onStored();
    },
  };

  const flushed = async (): Promise<void> => {
    lost.signal.throwIfAborted();
    if (isIdle()) return;
    if (settled === null) {
      settled = createDeferred();
      // Whoever waits sees the rejection; that nobody may be waiting is no failure.
      settled.promise.catch(() => {});
    }
    options.commits.schedule(source, true);
    await settled.promise;
  };

  const writer: RunWriter = {
    append: (data) => {
      if (lost.signal.aborted) return;
      closeText();
      number(data);
      pendingCharacters += 'text' in data ? data.text.length + eventOverhead : eventOverhead;
      options.commits.schedule(source, true);
    },
    appendText: (position, piece, type = 'TextDelta') => {
      if (lost.signal.aborted || piece === '') return;
      if (position !== textPosition || type !== textType) closeText();
      // The first words of an answer are not kept waiting, also when thoughts came before them.
      if (type !== textType) isFirstText = true;
      textPosition = position;
      textType = type;
      text += piece;
      pendingCharacters += piece.length;
      options.commits.schedule(source, isFirstText);
      isFirstText = false;
    },
    flushed,
    ready: () => (pendingCharacters > options.maxPendingCharacters ? flushed() : null),
    nextSeq: () => seq + 1,
    deliver: (event) => {
      seq = Math.max(seq, event.seq);
      keep([event]);
    },
    lost: lost.signal,
    close: () => options.onClose(),
  };

  return {
    writer,
    tail: {
      after: (from) => {
        const first = tail[0];
        if (first === undefined || from < first.seq - 1) return null;
        return tail.slice(from - first.seq + 1);
      },
    },
  };
}
