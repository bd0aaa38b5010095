import type { Logger } from '../base/logger.ts';

/** What the log tells about an operation. Filled in while it runs. */
export interface OperationRecord {
  readonly requestId: string;
  readonly transport: 'http' | 'sse' | 'websocket';
  readonly operationName: string | null;
  readonly operationType: string | null;
  /** The codes of the errors that were sent. */
  readonly codes: readonly string[];
}

/** Keeps the record of one operation, and writes its line. */
export interface OperationRecorder {
  readonly current: () => OperationRecord;
  add(facts: Partial<OperationRecord>): void;
  /** Writes the line, once; later calls do nothing. */
  write(facts: { readonly status?: number; readonly method?: string; readonly path?: string }): void;
}

/**
 * The logger for the lines of requests. They hold nothing that could be secret, and looking for secrets in them costs three times as much as
 * writing them.
 */
export function createRequestLogger(logger: Logger): Logger {
  return logger.child({}, { redact: [] });
}

/**
 * A recorder for one operation: one line in the log when it is over, with its id, name, duration and status. Never with a variable, a
 * header or a URL parameter: names come from the parsed document.
 *
 * @param options.level `debug` for what comes every few seconds, such as probes
 * @param options.now milliseconds of a steady clock
 */
export function createOperationRecorder(options: {
  readonly requestId: string;
  readonly transport: OperationRecord['transport'];
  readonly logger: Logger;
  readonly level?: 'info' | 'debug';
  readonly now: () => number;
}): OperationRecorder {
  const { requestId, transport, logger, level = 'info', now } = options;
  const startedAtMs = now();
  let record: OperationRecord = { requestId, transport, operationName: null, operationType: null, codes: [] };
  let isWritten = false;
  return {
    current: () => record,
    add(facts) {
      record = { ...record, ...facts };
    },
    write(facts) {
      if (isWritten) return;
      isWritten = true;
      logger[level]({ ...facts, ...record, durationMs: Math.round(now() - startedAtMs) }, 'a request');
    },
  };
}
