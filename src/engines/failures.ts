import type { EngineFailure } from './engine.ts';
import { RefusedAddressError } from './outside-address.ts';
import { NetworkError, ProtocolError, VendorError, type VendorFault } from './faults.ts';
import { StageTimeout } from './stream-guard.ts';

/** Whom a failure is about. */
export interface FailureSubject {
  /** The provider's name for people. */
  readonly provider: string;
  readonly model: string;
  /** Never shown. */
  readonly apiKey: string;
}

/** A failure, and whether to ask again by ourselves as long as nothing was delivered. */
export interface DescribedFailure {
  readonly failure: EngineFailure;
  readonly mayTryAgain: boolean;
}

type Code = EngineFailure['code'];

/** What a provider can be at fault with. */
type FaultCode = Exclude<Code, 'ENGINE_NETWORK' | 'ENGINE_TIMEOUT' | 'ENGINE_PROTOCOL' | 'ENGINE_UNKNOWN' | 'QUOTA_EXCEEDED'>;

const longestVendorMessage = 300;

const tooLong =
  /context[ _-]?(length|window|size|limit)|maximum context|exceeds the maximum number of tokens|prompt is too long|input is too long|exceed_context|request_too_large/;
const refused = /content[ _-]?(policy|filter|moderation)|content_filter|responsible.?ai|usage policy|flagged|invalid_prompt|safety system/;
const unpaid = /billing|credit balance|quota exceeded|exceeded your current quota/;

/** Whether a limit is one that no waiting lifts. Gemini says "exceeded your current quota" of a limit a minute too, and then when to come back. */
function isUnpaid({ reasons, message, retryAfterMs }: VendorFault): boolean {
  return reasons.includes('insufficient_quota') || (retryAfterMs === null && unpaid.test(`${reasons.join(' ')} ${message.toLowerCase()}`));
}

/** The code of a fault. A fault inside of a stream has no status, so its reasons speak first. */
function codeOf({ status, reasons, message }: VendorFault): FaultCode {
  const words = [...reasons, message.toLowerCase()].join(' ');
  const kinds = reasons.join(' ');
  // A limit is not the place to look for words: "tokens per minute" errors speak of lengths too.
  if (status === 429 || /rate_limit|insufficient_quota|too_many_requests|resource_exhausted/.test(kinds)) return 'ENGINE_RATE_LIMITED';
  if (status === 401 || status === 403 || /authentication_error|invalid_api_key|api_key_invalid|permission_error|permission_denied|unauthenticated/.test(kinds))
    return 'ENGINE_BAD_KEY';
  if ((status !== null && status >= 500) || /overloaded|server_error|api_error|internal_error|timeout_error/.test(kinds)) return 'ENGINE_OVERLOADED';
  if (status === 413 || tooLong.test(words)) return 'ENGINE_CONTEXT_TOO_LONG';
  if (refused.test(words)) return 'ENGINE_REFUSED';
  // 408 and 409 are what gateways answer for a request that came too slowly or collided with another.
  if (status === 408 || status === 409) return 'ENGINE_OVERLOADED';
  if (status !== null || /invalid_request|not_found/.test(kinds)) return 'ENGINE_BAD_REQUEST';
  return 'ENGINE_OVERLOADED';
}

/** What a provider said, on one line, without keys, not too long; empty where it is a web page. */
function quote(text: string, apiKey: string): string {
  if (/<html|<!doctype/i.test(text)) return '';
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const scrubbed = (apiKey === '' ? line : line.replaceAll(apiKey, '[key]')).replaceAll(/\b(sk|key|pk|gsk)-[\w*.-]{6,}/g, '[key]');
  if (scrubbed === '') return '';
  const short = scrubbed.length > longestVendorMessage ? `${scrubbed.slice(0, longestVendorMessage)}…` : scrubbed;
  return ` It said: "${short}"`;
}

function seconds(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 1_000)} s`;
}

function describeFault(fault: VendorFault, { provider, model, apiKey }: FailureSubject): DescribedFailure {
  const code = codeOf(fault);
  const { retryAfterMs, status } = fault;
  const said = quote(fault.message, apiKey);
  const answered = status === null ? '' : ` (HTTP ${status})`;
  const made = (message: string, isRetryable: boolean, mayTryAgain = isRetryable): DescribedFailure => ({
    failure: { code, message, isRetryable, retryAfterMs: isRetryable ? retryAfterMs : null },
    mayTryAgain,
  });
  switch (code) {
    case 'ENGINE_RATE_LIMITED': {
      if (isUnpaid(fault)) {
        return made(`The account at ${provider} has no credit left for ${model}. Check its plan and billing, or choose another provider.${said}`, false);
      }
      const wait = retryAfterMs === null ? 'Wait a moment and try again' : `Try again in ${seconds(retryAfterMs)}`;
      return made(`${provider} limits the rate of requests to ${model}. ${wait}, or choose another model.${said}`, true);
    }
    case 'ENGINE_BAD_KEY':
      // What the provider says here may hold a part of the key, so it is not quoted.
      return made(`${provider} refuses the configured API key for ${model}${answered}. Check the key and what it may use, then start the server again.`, false);
    case 'ENGINE_CONTEXT_TOO_LONG':
      return made(
        `The conversation is longer than ${model} of ${provider} can read. Start a new conversation, or choose a model with a larger context.${said}`,
        false,
      );
    case 'ENGINE_REFUSED':
      return made(`${provider} refuses this content for ${model}. Put it in other words, or choose another model.${said}`, false);
    case 'ENGINE_BAD_REQUEST':
      return made(
        status === 404
          ? `${provider} has no model "${model}" for this key${answered}. The query \`models\` lists those that there are.${said}`
          : `${provider} does not accept the request to ${model} as it was made${answered}. Check the model and the settings of the request.${said}`,
        false,
      );
    case 'ENGINE_OVERLOADED':
      return made(`${provider} is overloaded or failing for ${model}${answered}. Try again in a moment, or choose another model.${said}`, true);
    default:
      return code satisfies never;
  }
}

/** What waiting for each stage means, and which setting changes its limit. */
function describeTimeout({ stage, limitMs }: StageTimeout, { provider, model }: FailureSubject): string {
  switch (stage) {
    case 'headers':
      return `${provider} did not answer the request to ${model} within ${limitMs} ms. Check the network and the base URL, or try again.`;
    case 'first token':
      return `${model} of ${provider} sent no first token within ${limitMs} ms. Try again, choose a faster model, or raise ENGINE_FIRST_TOKEN_TIMEOUT_MS.`;
    case 'next token':
      return `${model} of ${provider} fell silent for ${limitMs} ms in the middle of its answer. Try again, or raise ENGINE_IDLE_TIMEOUT_MS.`;
    case 'total':
      return `${model} of ${provider} was not done within ${limitMs} ms. Ask for less, or raise ENGINE_TOTAL_TIMEOUT_MS.`;
    default:
      return stage satisfies never;
  }
}

/** The code that Node gives a failed connection, from the innermost cause outwards; null where there is none. */
function networkCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const inner = 'cause' in error ? networkCodeOf(error.cause) : null;
  if (inner !== null) return inner;
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** The refusal of an address, from the outermost cause inwards; null where there is none. */
function refusalOf(error: unknown): string | null {
  if (error instanceof RefusedAddressError) return error.message;
  return error instanceof Error ? refusalOf(error.cause) : null;
}

/** Limits of Node's own `fetch`; they only show where ours are longer than they are (10 s to connect, 300 s otherwise). */
const fetchTimeouts: readonly string[] = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];

/**
 * A failure in our words.
 *
 * @param error what ended the attempt: one of the errors of `faults.ts`, a `StageTimeout`, or anything else
 * @param subject whom it is about
 */
export function describeFailure(error: unknown, subject: FailureSubject): DescribedFailure {
  const { provider, model } = subject;
  const made = (code: Code, message: string, isRetryable: boolean, mayTryAgain = isRetryable): DescribedFailure => ({
    failure: { code, message, isRetryable, retryAfterMs: null },
    mayTryAgain,
  });
  const refusal = refusalOf(error);
  if (refusal !== null) return made('ENGINE_BAD_REQUEST', `${provider} was not asked for ${model}. ${refusal}`, false);
  if (error instanceof VendorError) return describeFault(error.fault, subject);
  // A model that is slow stays slow, and asking it again costs again; only a connection is worth another attempt.
  if (error instanceof StageTimeout) return made('ENGINE_TIMEOUT', describeTimeout(error, subject), true, error.stage === 'headers');
  if (error instanceof ProtocolError) {
    return made('ENGINE_PROTOCOL', `${provider} ${error.message} when ${model} was asked. Try again; if it stays so, check the base URL.`, true, false);
  }
  if (error instanceof NetworkError) {
    const code = networkCodeOf(error.cause);
    const isTimeout = code !== null && fetchTimeouts.includes(code);
    const shown = code === null ? '' : ` (${code})`;
    return isTimeout
      ? made(
          'ENGINE_TIMEOUT',
          `${provider} did not answer the request to ${model} in time${shown}. Check the network and the base URL.`,
          true,
          code === 'UND_ERR_CONNECT_TIMEOUT',
        )
      : made(
          'ENGINE_NETWORK',
          `${provider} could not be reached for ${model}, or the connection broke${shown}. Check the network and the base URL, then try again.`,
          true,
        );
  }
  const said = error instanceof Error ? quote(error.message, subject.apiKey) : '';
  return made(
    'ENGINE_BAD_REQUEST',
    `The request to ${model} of ${provider} could not be made. Check the key and the base URL in the configuration.${said}`,
    false,
  );
}
