/** Whether something may be done now. */
export type Consumption =
  | { readonly isAllowed: true }
  | {
      readonly isAllowed: false;
      /** After how many milliseconds the count starts anew. */
      readonly retryAfterMs: number;
      /** Whether this is the one that reached the limit, so that it is told of once and not at every further attempt. */
      readonly isFirstRefusal: boolean;
    };

/** How a count stands. */
export interface LimitStatus {
  /** How often it may be done within the window. */
  readonly limit: number;
  readonly windowMs: number;
  /** How often it may still be done. */
  readonly remaining: number;
  /** After how many milliseconds the count starts anew; the whole window where nothing is counted yet. */
  readonly resetsInMs: number;
}

/** Counts how often something is done, in a window that begins with the first time. */
export interface Limiter {
  /**
   * Counts once more. What is refused counts too, but does not make the wait longer.
   *
   * @param key whose count it is, at most 200 characters; never a name in clear, for keys are kept
   * @returns never fails: when the store is away, this process counts in its memory
   */
  consume(key: string): Promise<Consumption>;
  /** Takes one back that should not have counted. */
  giveBack(key: string): Promise<void>;
  /** How a count stands, without counting; null where there is no limit. */
  status(key: string): Promise<LimitStatus | null>;
}

/** How much a limiter allows. */
export interface LimiterSettings {
  /** Sets its keys apart from those of other limiters. */
  readonly name: string;
  /** How often within the window; 0 for without a limit. */
  readonly points: number;
  /** How long the window is; whole seconds. */
  readonly windowMs: number;
}

/** Allows everything. */
export const unlimited: Limiter = {
  consume: () => Promise.resolve({ isAllowed: true }),
  giveBack: () => Promise.resolve(),
  status: () => Promise.resolve(null),
};
