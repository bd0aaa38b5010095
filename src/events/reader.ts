import { createListener, readerOf, type Reader } from '../base/takeable.ts';

/** What was found behind a position: entries in order, none when there are none yet. `ended` says that nothing will ever follow them. */
export interface Found<Entry> {
  readonly entries: readonly Entry[];
  readonly ended: boolean;
}

/** Where a reader gets its entries from. */
export interface ReaderSource<Entry> {
  /** The entries that follow a number: at once when they are in memory. */
  fetch(after: number): Found<Entry> | Promise<Found<Entry>>;
  /** The number of an entry. */
  seqOf(entry: Entry): number;
  /** Calls `wake` whenever there may be something new, and from time to time, should a wake-up be lost; returns how to stop that. */
  subscribe(wake: () => void): () => void;
}

/**
 * Reads a log from a position and then follows it, at the pace of whoever takes: at most one batch is held in memory, however far the log
 * runs ahead. Nothing is read before the first `take` or `next`.
 *
 * @param source what is read
 * @param after the number of the last entry that the caller has; 0 for none
 */
export function createReader<Entry>(source: ReaderSource<Entry>, after: number): Reader<Entry> {
  let position = after;
  let batch: readonly Entry[] = [];
  let nextInBatch = 0;
  let isClosed = false;
  let isDirty = true;
  let isEnded = false;
  let isFetching = false;
  let failure: { readonly error: unknown } | null = null;
  const listener = createListener();
  let unsubscribe: (() => void) | null = null;

  const wake = (): void => {
    isDirty = true;
    if (!isFetching) listener.tell();
  };
  const leave = (): void => {
    if (isClosed) return;
    isClosed = true;
    batch = [];
    nextInBatch = 0;
    unsubscribe?.();
    unsubscribe = null;
    listener.tell();
  };
  const accept = (found: Found<Entry>): void => {
    batch = isClosed ? [] : found.entries;
    nextInBatch = 0;
    isEnded = found.ended;
  };
  const waitFor = (fetching: Promise<Found<Entry>>): void => {
    isFetching = true;
    fetching
      .then(accept, (error: unknown) => {
        failure = { error };
      })
      .then(() => {
        isFetching = false;
        // With nothing found it looks again only when it was woken meanwhile.
        if (batch.length > 0 || isEnded || isDirty || failure !== null) listener.tell();
      })
      // What a listener throws is no failure of the log.
      .catch(() => {});
  };

  const take = (): Entry | null => {
    // The wake-up is subscribed to before the log is read, so nothing falls between the two.
    if (!isClosed) unsubscribe ??= source.subscribe(wake);
    while (!isClosed && !isFetching) {
      if (failure !== null) {
        const { error } = failure;
        failure = null;
        leave();
        throw error;
      }
      const entry = batch[nextInBatch];
      if (entry !== undefined) {
        nextInBatch += 1;
        position = source.seqOf(entry);
        return entry;
      }
      if (isEnded) leave();
      else if (!isDirty && batch.length === 0) return null;
      else {
        isDirty = false;
        const found = source.fetch(position);
        if (found instanceof Promise) waitFor(found);
        else accept(found);
      }
    }
    return null;
  };

  const isReady = (): boolean => isClosed || (!isFetching && (nextInBatch < batch.length || isEnded || isDirty || failure !== null));
  const whenReady = (next: () => void): void => {
    listener.set(next);
    if (isReady()) listener.tell();
  };

  return readerOf({ take, isOver: () => isClosed, whenReady, leave });
}

/** Where a reader gets what has no number of its own, such as a thing as it is by now. */
export interface StateSource<State> {
  /** What there is to tell: null when there is nothing new yet. It is asked again at once after it told something. */
  fetch(): Promise<{ readonly state: State | null; readonly ended: boolean }>;
  /** As of `ReaderSource`. */
  subscribe(wake: () => void): () => void;
}

/** Reads what is told one by one, at the pace of whoever takes: what happens in between, the source tells together or leaves out. */
export function createStateReader<State>({ fetch, subscribe }: StateSource<State>): Reader<State> {
  const steps = createReader<{ readonly seq: number; readonly state: State }>(
    {
      fetch: async (seq) => {
        const { state, ended } = await fetch();
        return { entries: state === null ? [] : [{ seq: seq + 1, state }], ended };
      },
      seqOf: (step) => step.seq,
      subscribe,
    },
    0,
  );
  return readerOf({
    take: () => steps.take()?.state ?? null,
    isOver: () => steps.isOver(),
    whenReady: (listener) => steps.whenReady(listener),
    leave: () => steps.leave(),
  });
}
