/** What a provider says went wrong, in its own words. */
export interface VendorFault {
  /** The HTTP status; null where the fault came inside of a stream. */
  readonly status: number | null;
  /** The type and the code that the provider gave, lower case. */
  readonly reasons: readonly string[];
  readonly message: string;
  /** How long the provider asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;
}

/** A provider that answered with a fault. */
export class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly fault: VendorFault;

  constructor(fault: VendorFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Something that is not the protocol; the message continues the sentence that the provider's name begins. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** A provider that could not be reached, or a connection that broke. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';

  constructor(cause: unknown) {
    super('the connection failed', { cause });
  }
}

/** The longest wait that is told, about 25 days: clients get waits as integers of 32 bits. */
export const longestRetryAfterMs = 2 ** 31 - 1;

function bounded(milliseconds: number): number {
  return Math.min(longestRetryAfterMs, Math.max(0, Math.round(milliseconds)));
}

/**
 * How long the headers of an answer ask to wait: `retry-after-ms` (of OpenAI and Anthropic), else `Retry-After` in seconds or as a date
 * (RFC 9110, 10.2.3).
 *
 * @param headers of the answer; undefined for none
 * @param now the present moment, for dates
 * @returns milliseconds, at most `longestRetryAfterMs`; null where the headers do not say
 */
export function retryAfterMsOf(headers: Headers | undefined, now: Date): number | null {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(exact)) return bounded(exact);
  const text = headers?.get('retry-after') ?? '';
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return bounded(Number(text) * 1_000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : bounded(date - now.getTime());
}

/** The strings among some values, lower case. */
export function reasonsOf(...values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string').map((value) => value.toLowerCase());
}
