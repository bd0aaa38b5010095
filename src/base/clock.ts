/** The time of day, handed in so that tests can hold it still. */
export interface Clock {
  /** The present moment. */
  now(): Date;
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() };

/**
 * A moment later (or, with a negative number, earlier).
 *
 * @param from the starting moment
 * @param milliseconds how much later
 */
export function later(from: Date, milliseconds: number): Date {
  return new Date(from.getTime() + milliseconds);
}
