import type { Logger } from '../base/logger.ts';

/** Why the server ends a stream. */
export type EndReason = 'LOGIN_REVOKED' | 'SERVER_STOPPING';

/** A stream or socket that stays open. */
export interface OpenStream {
  /** The login it was opened with, null for nobody. */
  loginId(): string | null;
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
  /** Begins to check the logins behind the streams. */
  start(): void;
  stop(): void;
}

const checksAtOnce = 20;

/**
 * The open streams, which end when their login is revoked although the access token that opened them is still good (or has long expired:
 * a stream lives as long as its login).
 *
 * @param options.isLoginActive asked once for every login in each round
 * @param options.intervalMs how often
 */
export function createOpenStreams(options: {
  readonly isLoginActive: (loginId: string) => Promise<boolean>;
  readonly logger: Logger;
  readonly intervalMs: number;
}): OpenStreams {
  const { isLoginActive, logger, intervalMs } = options;
  const streams = new Set<OpenStream>();
  let timer: NodeJS.Timeout | null = null;
  let isChecking = false;
  let emptied = Promise.withResolvers<void>();

  async function endIfRevoked(loginId: string): Promise<void> {
    if (await isLoginActive(loginId)) return;
    for (const stream of streams) if (stream.loginId() === loginId) stream.end('LOGIN_REVOKED');
  }

  async function check(): Promise<void> {
    // A slow database must not pile up rounds.
    if (isChecking) return;
    isChecking = true;
    try {
      const logins = [...new Set([...streams].map((stream) => stream.loginId()).filter((loginId) => loginId !== null))];
      for (let start = 0; start < logins.length; start += checksAtOnce) {
        await Promise.all(logins.slice(start, start + checksAtOnce).map(endIfRevoked));
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
