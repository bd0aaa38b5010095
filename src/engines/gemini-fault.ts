import { z } from 'zod';
import { reasonsOf, type VendorFault } from './faults.ts';

const failure = z.object({
  error: z.object({
    code: z.number().int().nullish(),
    message: z.string().catch(''),
    status: z.string().nullish(),
    details: z
      .array(z.object({ reason: z.string().nullish().catch(null), retryDelay: z.string().nullish().catch(null) }))
      .nullish()
      .catch(null),
  }),
});

/** `google.protobuf.Duration` as JSON: seconds with a fraction and an "s". */
function milliseconds(duration: string | null | undefined): number | null {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(duration ?? '')?.[1];
  return seconds === undefined ? null : Math.round(Number(seconds) * 1_000);
}

/**
 * What Gemini says went wrong (https://cloud.google.com/apis/design/errors), in an answer or inside of a stream.
 *
 * @param data parsed JSON
 * @param status of the answer; null inside of a stream
 * @returns null when it tells of no failure
 */
export function geminiFault(data: unknown, status: number | null): VendorFault | null {
  // Failures of requests for a stream come as a list of one.
  const parsed = failure.safeParse(Array.isArray(data) ? data[0] : data);
  if (!parsed.success) return null;
  const { code, message, status: name, details } = parsed.data.error;
  return {
    status: status ?? (typeof code === 'number' && code >= 400 && code < 600 ? code : null),
    reasons: reasonsOf(name, ...(details ?? []).map(({ reason }) => reason)),
    message,
    retryAfterMs: details?.map(({ retryDelay }) => milliseconds(retryDelay)).find((wait) => wait !== null) ?? null,
  };
}
