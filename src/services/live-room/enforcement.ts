import pLimit from 'p-limit';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { LiveServer } from '../../live/livekit.ts';
import { liveGrantsOf } from './grants.ts';
import type { DuePass, LivePasses } from './live-passes.ts';

/** Sees to it that nobody is in a live room who may not be, or does there what they may not do. */
export interface LiveEnforcement {
  /** Does it soon, in the background, in these conversations or, for null, in all: nobody waits for it. */
  soon(conversationIds: readonly string[] | null): void;
  /** Does no more; what is under way is waited for. */
  close(): Promise<void>;
}

/** What it stands on. */
export interface LiveEnforcementDependencies {
  readonly passes: LivePasses;
  readonly server: LiveServer;
  readonly clock: Clock;
  readonly logger: Logger;
}

const mostAtOnce = 8;
const firstWaitMs = 1_000;
const longestWaitMs = 300_000;
/** With the longest wait: for a day. */
const mostAttempts = 300;

/** Starts it. */
export function createLiveEnforcement({ passes, server, clock, logger }: LiveEnforcementDependencies): LiveEnforcement {
  const atOnce = pLimit(mostAtOnce);
  let timer: NodeJS.Timeout | null = null;
  /** Where it is to be done. */
  const wanted = new Set<string>();
  let isWantedEverywhere = false;
  let isClosed = false;
  let round: Promise<void> | null = null;

  async function tell({ conversationId, userId, wanted, isGone }: DuePass): Promise<void> {
    if (isGone) await server.endRoom(conversationId);
    else if (wanted === 'OUT') await server.putOut(conversationId, userId, clock.now());
    else await server.allow(conversationId, userId, liveGrantsOf(wanted));
  }

  /** False when the server of live rooms does not do it now. */
  async function attempt(pass: DuePass): Promise<boolean> {
    const { conversationId, userId, attempts } = pass;
    try {
      await tell(pass);
    } catch (error) {
      const facts = { err: error, conversationId, userId };
      if (attempts >= mostAttempts) {
        logger.error(facts, 'somebody may be in a live room who should not be: the server of live rooms could not be told for a day, and it is given up');
        await passes.told({ ...pass, isLast: true });
        return false;
      }
      const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempts - 1));
      logger.warn(facts, 'the server of live rooms could not be told who may be in a room; it is tried again');
      await passes.putOff(pass, waitMs);
      again(waitMs);
      return false;
    }
    await passes.told(pass);
    return true;
  }

  /** As long as the server does it; else the others wait until it is tried again. */
  async function enforce(conversationIds: readonly string[] | null): Promise<void> {
    for (let isDoing = true; isDoing && !isClosed;) {
      const due = await passes.claim(conversationIds);
      const done = await Promise.all(due.map((pass) => atOnce(() => attempt(pass))));
      isDoing = done.includes(true);
    }
  }

  async function enforceWhileWanted(): Promise<void> {
    while ((isWantedEverywhere || wanted.size > 0) && !isClosed) {
      const conversationIds = isWantedEverywhere ? null : [...wanted];
      isWantedEverywhere = false;
      wanted.clear();
      await enforce(conversationIds).catch((error: unknown) =>
        logger.warn({ err: error }, 'it could not be looked who may be in live rooms; it is done again'),
      );
    }
    round = null;
  }

  function soon(conversationIds: readonly string[] | null): void {
    if (conversationIds === null) isWantedEverywhere = true;
    for (const id of conversationIds ?? []) wanted.add(id);
    round ??= enforceWhileWanted();
  }

  function again(waitMs: number): void {
    if (isClosed || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      soon(null);
    }, waitMs);
    timer.unref();
  }

  return {
    soon,
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      await round;
    },
  };
}
