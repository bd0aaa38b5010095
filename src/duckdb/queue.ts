import { createDeferred } from '../base/async.ts';
import { AppError } from '../base/errors.ts';

/** A queue in which no user can keep the others waiting. */
export interface FairQueue {
  /**
   * Waits for a turn, runs the job, and gives the turn on when the job has settled. Turns go round among the users who wait, whatever
   * number of jobs each of them has.
   *
   * @param userKey whose job it is
   * @param signal gives the place in the queue up; a job that has begun must hear it itself
   * @throws AppError RATE_LIMITED when too many jobs of this user wait already, SERVICE_UNAVAILABLE when the wait became too long or the
   *   queue was closed; the reason of the signal; what the job throws
   */
  run<T>(userKey: string, signal: AbortSignal, job: () => Promise<T>): Promise<T>;
  /** Refuses everyone who waits and everyone who comes. */
  close(): void;
}

/** The bounds of a queue. */
export interface FairQueueOptions {
  /** How many jobs run at once. */
  readonly slots: number;
  /** After this time a job is long, and leaves its slot to the next one while fewer than `longSlots` long jobs run. */
  readonly longAfterMs: number;
  readonly longSlots: number;
  readonly maxRunningPerUser: number;
  readonly maxWaitingPerUser: number;
  readonly queueTimeoutMs: number;
  /** What `retryAfterMs` says when a job is refused. */
  readonly retryAfterMs: number;
}

interface Turn {
  readonly userKey: string;
  isLong: boolean;
}

interface Ticket {
  readonly userKey: string;
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
}

/** Of how many users with long jobs it is remembered; the oldest are forgotten first. */
const mostRemembered = 1_000;

const closedMessage = 'The data service is shutting down; try again in a moment.';

/** Makes a fair queue. */
export function createFairQueue(options: FairQueueOptions): FairQueue {
  // The order of the keys is the order of the turns: a user who was served moves to the end.
  const waiting = new Map<string, Ticket[]>();
  const running = new Map<string, number>();
  // Users whose last job was long: they leave the last slot to the others.
  const heavyUsers = new Set<string>();
  // Those that have run for long and still hold a slot.
  const overdue = new Set<Turn>();
  let runningTotal = 0;
  let longTotal = 0;
  let isClosed = false;

  const remove = (ticket: Ticket): void => {
    const tickets = waiting.get(ticket.userKey)?.filter((other) => other !== ticket) ?? [];
    if (tickets.length === 0) waiting.delete(ticket.userKey);
    else waiting.set(ticket.userKey, tickets);
  };

  const mayStart = (userKey: string): boolean => {
    const isHeavy = heavyUsers.has(userKey) && options.slots > 1;
    return runningTotal < (isHeavy ? options.slots - 1 : options.slots) && (running.get(userKey) ?? 0) < options.maxRunningPerUser;
  };

  const remember = (userKey: string, isHeavy: boolean): void => {
    heavyUsers.delete(userKey);
    if (isHeavy) heavyUsers.add(userKey);
    const [oldest] = heavyUsers;
    if (heavyUsers.size > mostRemembered && oldest !== undefined) heavyUsers.delete(oldest);
  };

  const startNext = (): void => {
    // A copy: who is served is put at the end, where the loop would meet them again.
    const turns = [...waiting];
    for (const [userKey, [ticket, ...rest]] of turns) {
      if (ticket === undefined || !mayStart(userKey)) continue;
      waiting.delete(userKey);
      if (rest.length > 0) waiting.set(userKey, rest);
      running.set(userKey, (running.get(userKey) ?? 0) + 1);
      runningTotal += 1;
      ticket.start();
    }
  };

  const settleLong = (): void => {
    for (const turn of overdue) {
      if (longTotal >= options.longSlots) break;
      overdue.delete(turn);
      turn.isLong = true;
      longTotal += 1;
      runningTotal -= 1;
    }
    startNext();
  };

  const finished = (turn: Turn): void => {
    const left = (running.get(turn.userKey) ?? 1) - 1;
    if (left === 0) running.delete(turn.userKey);
    else running.set(turn.userKey, left);
    if (turn.isLong) longTotal -= 1;
    else runningTotal -= 1;
    overdue.delete(turn);
    settleLong();
  };

  const waitForTurn = async (userKey: string, signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = createDeferred();
    const ticket: Ticket = { userKey, start: resolve, refuse: reject };
    const giveUp = (error: unknown): void => {
      remove(ticket);
      reject(error);
    };
    const onAbort = (): void => giveUp(signal.reason);
    const timer = setTimeout(() => {
      giveUp(
        new AppError('SERVICE_UNAVAILABLE', `The data service was too busy for ${options.queueTimeoutMs} ms; try again later.`, {
          retryAfterMs: options.retryAfterMs,
        }),
      );
    }, options.queueTimeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    waiting.set(userKey, [...(waiting.get(userKey) ?? []), ticket]);
    startNext();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  };

  return {
    async run(userKey, signal, job) {
      signal.throwIfAborted();
      if (isClosed) throw new AppError('SERVICE_UNAVAILABLE', closedMessage);
      const waitingCount = waiting.get(userKey)?.length ?? 0;
      if (!mayStart(userKey) && waitingCount >= options.maxWaitingPerUser) {
        throw new AppError('RATE_LIMITED', `${waitingCount} of your requests on data already wait; wait for one of them to finish.`, {
          retryAfterMs: options.retryAfterMs,
        });
      }
      await waitForTurn(userKey, signal);
      const turn: Turn = { userKey, isLong: false };
      let isHeavy = false;
      const timer = setTimeout(() => {
        isHeavy = true;
        overdue.add(turn);
        settleLong();
      }, options.longAfterMs);
      try {
        signal.throwIfAborted();
        return await job();
      } finally {
        clearTimeout(timer);
        remember(userKey, isHeavy);
        finished(turn);
      }
    },
    close() {
      isClosed = true;
      const tickets = [...waiting.values()].flat();
      waiting.clear();
      for (const ticket of tickets) ticket.refuse(new AppError('SERVICE_UNAVAILABLE', closedMessage));
    },
  };
}
