import type { z } from 'zod';
import { AppError, messageOf } from '../base/errors.ts';

/** Gets documents of identity providers, which are outside and may be slow, broken or taken over. */
export interface BoundedFetch {
  /**
   * A JSON document of a certain shape.
   *
   * @throws AppError SERVICE_UNAVAILABLE when there is none within the limits: no redirect is followed, nothing but 200 counts
   */
  getJson<Shape extends z.ZodType>(url: URL, shape: Shape): Promise<z.output<Shape>>;
}

/** The limits of a `BoundedFetch`. */
export interface FetchLimits {
  /** How long an answer may take as a whole. */
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
  /** How long an address is left alone after it failed; whoever asks meanwhile is told at once. */
  readonly coolDownMs: number;
}

function parse<Shape extends z.ZodType>(text: string, shape: Shape): z.output<Shape> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // The parser's own words quote what it read, which is not for our clients.
    throw new Error('its answer is not JSON', { cause });
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new Error('its answer is not the document that it should be', { cause: parsed.error });
  return parsed.data;
}

/** Reads a body, and no more of it than is allowed. */
async function readText(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw cancels the stream, and with it the connection.
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * A fetch within limits.
 *
 * @param options.fetch what really fetches
 * @param options.now milliseconds of a steady clock
 */
export function createBoundedFetch(options: {
  readonly fetch: typeof globalThis.fetch;
  readonly limits: FetchLimits;
  readonly now: () => number;
}): BoundedFetch {
  const { fetch, limits, now } = options;
  const failures = new Map<string, { readonly atMs: number; readonly reason: string }>();

  const failure = (url: URL, reason: string, cause?: unknown): AppError =>
    new AppError('SERVICE_UNAVAILABLE', `The identity provider at ${url.host} does not answer as it should: ${reason}. Try again later.`, {
      retryAfterMs: limits.coolDownMs,
      cause,
    });

  return {
    async getJson(url, shape) {
      const failed = failures.get(url.href);
      // Without a cause: it was logged when it happened, and this may be asked a thousand times.
      if (failed !== undefined && now() - failed.atMs < limits.coolDownMs) throw failure(url, failed.reason);
      try {
        const signal = AbortSignal.timeout(limits.timeoutMs);
        const response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json, application/jwk-set+json' } });
        if (response.status !== 200) {
          await response.body?.cancel();
          throw new Error(`it answers ${response.status} instead of 200`);
        }
        const value = parse(await readText(response, limits.maxResponseBytes), shape);
        failures.delete(url.href);
        return value;
      } catch (error) {
        const isTimeout = error instanceof Error && error.name === 'TimeoutError';
        const reason = isTimeout ? `no whole answer within ${limits.timeoutMs} ms` : messageOf(error);
        failures.set(url.href, { atMs: now(), reason });
        throw failure(url, reason, error);
      }
    },
  };
}
