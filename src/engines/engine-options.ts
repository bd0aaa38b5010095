import type { Clock } from '../base/clock.ts';
import type { EngineTimers } from '../base/engine-config.ts';
import type { IdSource } from '../base/id.ts';
import type { RetryPolicy } from './attempts.ts';

/** What every engine that speaks HTTP is made of. */
export interface EngineOptions {
  /** Where a provider needs none: empty. */
  readonly apiKey: string;
  /** Of a server that speaks the same API; null is the provider's own address. */
  readonly baseUrl: string | null;
  readonly fetch: typeof globalThis.fetch;
  readonly timers: EngineTimers;
  /** The part before the colon of `provider:model`; the provider's own by default. */
  readonly id?: string;
  /** What people call the provider; its own name by default. */
  readonly name?: string;
  /** The model of requests that name only the provider; a small one that is known by default. */
  readonly defaultModel?: string;
  /** `defaultRetryPolicy` by default. */
  readonly retry?: RetryPolicy;
  /** 0 up to, but not, 1; `Math.random` by default. */
  readonly random?: () => number;
  readonly clock?: Clock;
  /** For calls of tools that a provider gives no ids. */
  readonly newId?: IdSource;
}

/** The time limit of an SDK must never be the first one to end a wait. */
export const sdkTimeoutMs = 2 ** 31 - 1;
