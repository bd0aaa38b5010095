import { delay } from '../../base/async.ts';
import { CallFailed, withAttempts, type AttemptPolicy } from '../calls.ts';
import { describeFailure } from '../failures.ts';
import { VendorError, type VendorFault } from '../faults.ts';
import { StageTimeout } from '../stream-guard.ts';

/** How a job at a provider stands. */
export type JobState<Result> =
  /** It waits or works; `status` in a few words for people. */
  | { readonly state: 'open'; readonly status: string }
  | { readonly state: 'done'; readonly result: Result }
  /** The provider says that it failed, or was cancelled there. */
  | { readonly state: 'failed'; readonly fault: VendorFault };

/** Work at a provider that is begun by one request and asked for by others. */
export interface JobApi<Result> {
  /**
   * Begins the work.
   *
   * @returns its id
   * @throws VendorError, NetworkError, ProtocolError, StageTimeout
   */
  submit(signal: AbortSignal): Promise<string>;
  /**
   * How it stands.
   *
   * @throws what `submit` throws, when the asking itself failed
   */
  look(id: string, signal: AbortSignal): Promise<JobState<Result>>;
  /** Cancels it; null where the provider cannot. */
  readonly cancel: ((id: string, signal: AbortSignal) => Promise<void>) | null;
}

/** How often is asked: after the first wait, then after waits that grow by half up to the longest. */
export interface PollPolicy {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/** What a job tells while it goes on. */
export type JobPart<Result> =
  | { readonly type: 'job'; readonly id: string }
  | { readonly type: 'status'; readonly status: string }
  | { readonly type: 'result'; readonly result: Result };

/** How long the cancelling of a job may take, in milliseconds. */
const cancelTimeoutMs = 5_000;

/**
 * Whether nobody will ask for the job any more: somebody stopped it, it took too long, or its reader left. A server that stops, and a run that
 * another process took over, leave it alone, so that it can be gone on with elsewhere.
 */
export function isGivenUp({ aborted, reason }: AbortSignal): boolean {
  if (!aborted || reason === 'STOP' || reason instanceof StageTimeout) return true;
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/**
 * Begins a job, or goes on with one, and asks for it until it is done.
 *
 * A failure to ask that may pass is passed over as often as the policy allows; the job itself is never begun twice once it has an id. When the
 * signal aborts, the job is cancelled, unless another process is to go on with it.
 *
 * @param jobId of the job to go on with; null to begin
 * @throws CallFailed, or the reason of the signal
 */
export async function* runJob<Result>(
  api: JobApi<Result>,
  jobId: string | null,
  policy: AttemptPolicy & { readonly poll: PollPolicy },
  signal: AbortSignal,
): AsyncGenerator<JobPart<Result>, void, undefined> {
  const { random = Math.random, poll } = policy;
  const id = jobId ?? (await withAttempts(policy, (limited) => api.submit(limited), signal));
  let isOpen = true;
  let told = '';
  try {
    if (jobId === null) yield { type: 'job', id };
    for (let waitMs = poll.firstWaitMs; ; waitMs = Math.min(poll.longestWaitMs, waitMs * 1.5)) {
      const found = await withAttempts(policy, (limited) => api.look(id, limited), signal);
      if (found.state === 'done') {
        isOpen = false;
        yield { type: 'result', result: found.result };
        return;
      }
      if (found.state === 'failed') {
        isOpen = false;
        throw new CallFailed(describeFailure(new VendorError(found.fault), policy.subject).failure);
      }
      if (found.status !== told) {
        told = found.status;
        yield { type: 'status', status: told };
      }
      // "Equal jitter", so that the polls of many runs do not fall together.
      await delay(waitMs * (0.5 + random() / 2), signal);
    }
  } finally {
    if (isOpen && isGivenUp(signal) && api.cancel !== null) await api.cancel(id, AbortSignal.timeout(cancelTimeoutMs)).catch(() => undefined);
  }
}
