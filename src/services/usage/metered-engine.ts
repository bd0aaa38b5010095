import type { Engine, EngineFailure, EnginePart, EngineRequest, EngineUsage, ToolCall } from '../../engines/engine.ts';
import { isGivenUp } from '../../engines/jobs/job.ts';
import { estimateRequest, estimateTokens } from './estimate.ts';

/** What a call used. */
export interface CallCount {
  readonly usage: EngineUsage;
  /** Whether the provider did not say, or not to the end. */
  readonly isEstimated: boolean;
  /** What it cost where that is not reckoned by tokens, in millionths of a US dollar: pictures, minutes, characters. Null where it is unknown. */
  readonly costMicros?: bigint | null;
}

/** The last part of an answer. */
type LastPart = Extract<EnginePart, { type: 'finish' | 'error' }>;

/** What a model sent. */
export interface CallRecord {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** Null where it was left, or ended without a word. */
  readonly last: LastPart | null;
}

/** The account of one call that is under way. */
export interface OpenAccount {
  /** Resolves when it is known to be under way, whatever happens to this process; never rejects. */
  readonly opened: Promise<void>;
  /** Called when the first part of the answer has come. */
  begun?(): void;
  /** Called once, however the call ended. */
  close(count: CallCount, record: CallRecord): void;
}

/** A call that is about to be made. */
export interface Opening {
  /** Why it must not be made, or null; null in place of the promise where nobody is asked. */
  readonly admitted: Promise<EngineFailure | null> | null;
  /** Opens its account; called once it is admitted. */
  account(): OpenAccount;
}

/** After these the provider had read the request. After all others it has refused it, or never got it, and asks for nothing. */
export const chargedFailures: ReadonlySet<EngineFailure['code']> = new Set(['ENGINE_TIMEOUT', 'ENGINE_PROTOCOL']);

/** What has been seen of one answer. */
interface Seen {
  readonly texts: string[];
  readonly thoughts: string[];
  readonly toolCalls: ToolCall[];
  usage: EngineUsage | null;
  /** Whether the provider works for it in a job, with which another process may go on. */
  hasJob: boolean;
}

function note(part: EnginePart, seen: Seen): void {
  if (part.type === 'text') seen.texts.push(part.text);
  if (part.type === 'reasoning') seen.thoughts.push(part.text);
  if (part.type === 'toolCall') seen.toolCalls.push(part.call);
  if (part.type === 'usage') seen.usage = part.usage;
  if (part.type === 'job') seen.hasJob = true;
}

const recordOf = ({ texts, thoughts, toolCalls }: Seen, last: LastPart | null): CallRecord => ({
  text: texts.join(''),
  reasoning: thoughts.join(''),
  toolCalls,
  last,
});

/** What a call used by what came of it. */
function countOf(request: EngineRequest, { text, reasoning, toolCalls, last }: CallRecord, usage: EngineUsage | null): CallCount {
  if (last?.type === 'finish' && usage !== null) return { usage, isEstimated: false };
  const isSilent = text === '' && reasoning === '' && toolCalls.length === 0;
  const wasRefused = last?.type === 'error' && isSilent && usage === null && !chargedFailures.has(last.failure.code);
  if (wasRefused) return { usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 }, isEstimated: false };
  const received = estimateTokens([[reasoning, text, ...toolCalls.flatMap((call) => [call.name, call.arguments])].join('')]);
  // Some providers tell at the start what they have read, and only at the end what they wrote.
  return {
    usage: {
      inputTokens: usage?.inputTokens ?? estimateRequest(request),
      cachedInputTokens: usage?.cachedInputTokens ?? 0,
      outputTokens: Math.max(usage?.outputTokens ?? 0, received),
      reasoningTokens: usage?.reasoningTokens ?? 0,
    },
    isEstimated: true,
  };
}

/** What is called for. */
interface Called {
  readonly engine: Engine;
  readonly open: (request: EngineRequest, signal: AbortSignal) => Opening;
  readonly request: EngineRequest;
  readonly signal: AbortSignal;
}

const unread: CallCount = { usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 }, isEstimated: false };

/** One answer, counted when it ends, is left, or is aborted, whichever comes first. */
function countStream({ engine, open, request, signal }: Called): AsyncIterator<EnginePart> {
  // Not before it is admitted: an engine may ask its provider as soon as it is called.
  let parts: AsyncIterator<EnginePart> | null = null;
  const seen: Seen = { texts: [], thoughts: [], toolCalls: [], usage: null, hasJob: request.jobId !== undefined };
  let account: OpenAccount | null = null;
  let isAskedFor = false;
  let isRefused = false;
  let isClosed = false;
  let isOpened = false;
  const close = (last: LastPart | null, known?: CallCount): void => {
    if (account === null || isClosed) return;
    // Whoever goes on with the job counts all of it.
    if (known === undefined && seen.hasJob && signal.aborted && !isGivenUp(signal)) return;
    isClosed = true;
    signal.removeEventListener('abort', leave);
    const record = recordOf(seen, last);
    account.close(known ?? countOf(request, record, seen.usage), record);
  };
  // An engine that does not hear the abort would keep the account open.
  const leave = (): void => close(null);

  /** The request is made when the first part is asked for, if it may be made. */
  const begin = async (): Promise<EngineFailure | null> => {
    const { admitted, account: openAccount } = open(request, signal);
    const refusal = admitted === null ? null : await admitted;
    if (refusal !== null) return refusal;
    account = openAccount();
    // What was given up before it was asked was read by nobody.
    if (signal.aborted) close(null, unread);
    else signal.addEventListener('abort', leave, { once: true });
    return null;
  };

  return {
    async next() {
      if (isRefused) return { done: true, value: undefined };
      if (!isAskedFor && !signal.aborted) {
        isAskedFor = true;
        const failure = await begin();
        if (failure !== null) {
          isRefused = true;
          return { done: false, value: { type: 'error', failure } };
        }
      }
      parts ??= engine.stream(request, signal)[Symbol.asyncIterator]();
      try {
        const result = await parts.next();
        if (!isOpened) {
          // What is streamed must not be lost to the accounts when the process dies.
          await account?.opened;
          isOpened = true;
          account?.begun?.();
        }
        if (result.done === true) close(null);
        else {
          if (!isClosed) note(result.value, seen);
          if (result.value.type === 'finish' || result.value.type === 'error') close(result.value);
        }
        return result;
      } catch (error) {
        close(null);
        throw error;
      }
    },
    return() {
      close(null);
      return parts?.return?.() ?? Promise.resolve({ done: true, value: undefined });
    },
  };
}

/**
 * An engine whose every call is counted once, whatever it is for and however it ends. What the engine sends is passed on as it is.
 *
 * A call that the provider refused before its first token counts as nothing; one that ended in order as what the provider says; every other
 * one as what the provider said so far and, for the rest, an estimate of what was sent and received. The attempts of one call are one. A call
 * that is not admitted is not made, and answered with an `error` part.
 *
 * @param open called when the request is about to be made
 */
export function createMeteredEngine(engine: Engine, open: (request: EngineRequest, signal: AbortSignal) => Opening): Engine {
  return {
    ...engine,
    stream: (request, signal) => ({ [Symbol.asyncIterator]: () => countStream({ engine, open, request, signal }) }),
  };
}
