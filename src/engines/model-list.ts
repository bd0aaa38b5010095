import { abortable } from '../base/async.ts';
import { later, type Clock } from '../base/clock.ts';
import type { Model } from './engine.ts';

/** How a list of models is kept. */
export interface ModelListOptions {
  readonly clock: Clock;
  /** Asks the provider. */
  readonly load: (signal: AbortSignal) => Promise<readonly Model[]>;
  /** What is answered when the provider cannot be asked, or lists nothing. */
  readonly fallback: readonly Model[];
  /** How long the provider may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long an answer is good, in milliseconds; a day by default. */
  readonly lifetimeMs?: number;
}

const day = 86_400_000;

/**
 * A list of models that asks the provider once in its lifetime. Callers at the same time share one request; one that fails is
 * forgotten, so that the next caller asks again.
 *
 * @returns a function that never throws
 */
export function createModelList({ clock, load, fallback, timeoutMs, lifetimeMs = day }: ModelListOptions): () => Promise<readonly Model[]> {
  let kept: { readonly models: Promise<readonly Model[]>; readonly until: Date } | null = null;

  const ask = async (): Promise<readonly Model[]> => {
    const limit = AbortSignal.timeout(timeoutMs);
    const models = await abortable(load(limit), limit);
    if (models.length === 0) throw new Error('the provider lists no models');
    return models;
  };
  return async () => {
    if (kept === null || kept.until <= clock.now()) kept = { models: ask(), until: later(clock.now(), lifetimeMs) };
    const asked = kept;
    try {
      return await asked.models;
    } catch {
      if (kept === asked) kept = null;
      return fallback;
    }
  };
}
