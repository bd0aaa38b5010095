import type { Run } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import type { RunEndData } from '../../events/run-event.ts';
import type { RunDependencies } from './deps.ts';
import type { LoopOutcome } from './loop.ts';
import type { Changes } from './prepare.ts';

/** The end of a run whose node stops. */
export const interrupted: RunEndData = {
  type: 'RunFailed',
  code: 'INTERRUPTED',
  message: 'The server is stopping; what was written until now is kept. Try again.',
  retryable: true,
  retryAfterMs: null,
};

/** The end that an error means: one of ours is told, everything else is logged and masked. */
export function failureOf(deps: RunDependencies, run: Run, error: unknown): RunEndData {
  if (error instanceof AppError)
    return {
      type: 'RunFailed',
      code: error.code,
      message: error.message,
      retryable: error.code === 'SERVICE_UNAVAILABLE',
      retryAfterMs: error.retryAfterMs ?? null,
    };
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return {
      type: 'RunFailed',
      code: 'ENGINE_TIMEOUT',
      message: `The run took longer than ${deps.settings.runTimeoutMs} ms and was stopped.`,
      retryable: true,
      retryAfterMs: null,
    };
  }
  deps.logger.error({ err: error, runId: run.id }, 'a run failed unexpectedly');
  return {
    type: 'RunFailed',
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something unexpected failed. The run id finds it in the log.',
    retryable: true,
    retryAfterMs: null,
  };
}

/** The end of a run that a person stopped. */
export function stoppedEnd({ isDataUpdated }: Changes): RunEndData {
  return { type: 'RunFinished', reason: 'STOPPED', dataUpdated: isDataUpdated };
}

/** The end that a loop came to by itself. */
export function endOf(end: Exclude<LoopOutcome['end'], { type: 'paused' }>, changes: Changes): RunEndData {
  if (end.type === 'finished') return { type: 'RunFinished', reason: end.reason, dataUpdated: changes.isDataUpdated };
  const { code, message, isRetryable, retryAfterMs } = end.failure;
  return { type: 'RunFailed', code, message, retryable: isRetryable, retryAfterMs };
}
