import { credentialOf, type Viewer } from '../auth/viewer.ts';
import type { Logger } from '../base/logger.ts';

/** Why the server ends a stream. */
export type EndReason = 'LOGIN_REVOKED' | 'SERVER_STOPPING';

/** A stream or socket that stays open. */
export interface OpenStream {
  /** Who opened it, null for nobody. */
  viewer(): Viewer | null;
  /** Tells the client why, and ends it soon, whether or not the client listens. */
  end(reason: EndReason): void;
}

/** Every stream and socket that is open. */
export interface OpenStreams {
  /** Adds a stream, and returns the way to take it out again. */
  add(stream: OpenStream): () => void;
  size(): number;
  /** Resolves when none is open any more. */
  whenEmpty(): Promise<void>;
  endAll(reason: EndReason): void;
  /** Begins to check the logins, keys and identities behind the streams. */
  start(): void;
  stop(): void;
}

const checksAtOnce = 20;

/**
 * The open streams, which end when their login is revoked although the access token that opened them is still good (or has long expired:
 * a stream lives as long as its login); when their API key is revoked or expires; when the token of an identity provider expires.
 *
 * @param options.isActive asked once for every login, key or identity in each round
 * @param options.intervalMs how often
 */
export function createOpenStreams(options: {
  readonly isActive: (viewer: Viewer) => Promise<boolean>;
  readonly logger: Logger;
  readonly intervalMs: number;
}): OpenStreams {
  const { isActive, logger, intervalMs } = options;
  const streams = new Set<OpenStream>();
  let timer: NodeJS.Timeout | null = null;
  let isChecking = false;
  let emptied = Promise.withResolvers<void>();

  async function endIfRevoked([credential, viewer]: readonly [string, Viewer]): Promise<void> {
    if (await isActive(viewer)) return;
    for (const stream of streams) {
      const present = stream.viewer();
      if (present !== null && credentialOf(present) === credential) stream.end('LOGIN_REVOKED');
    }
  }

  async function check(): Promise<void> {
    // A slow database must not pile up rounds.
    if (isChecking) return;
    isChecking = true;
    try {
      const viewers = [...streams].map((stream) => stream.viewer()).filter((viewer) => viewer !== null);
      const credentials = [...new Map(viewers.map((viewer) => [credentialOf(viewer), viewer]))];
      for (let start = 0; start < credentials.length; start += checksAtOnce) {
        await Promise.all(credentials.slice(start, start + checksAtOnce).map(endIfRevoked));
      }
    } catch (error) {
      logger.warn({ err: error }, 'the logins of open streams could not be checked');
    } finally {
      isChecking = false;
    }
  }

  return {
    add(stream) {
      streams.add(stream);
      return () => {
        streams.delete(stream);
        if (streams.size === 0) emptied.resolve();
      };
    },
    whenEmpty() {
      if (streams.size === 0) return Promise.resolve();
      emptied = Promise.withResolvers<void>();
      return emptied.promise;
    },
    size: () => streams.size,
    endAll(reason) {
      for (const stream of streams) stream.end(reason);
    },
    start() {
      timer ??= setInterval(() => void check(), intervalMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}
