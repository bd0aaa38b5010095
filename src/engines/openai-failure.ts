import { z } from 'zod';
import { systemClock } from '../base/clock.ts';
import { beginningOf } from './captured-request.ts';
import { reasonsOf, retryAfterMsOf, VendorError } from './faults.ts';

const failureShape = z.object({ error: z.object({ message: z.string().catch(''), type: z.unknown(), code: z.unknown() }) });

/** What OpenAI, or a server that speaks its language, says went wrong. */
export async function openAiFailureOf(response: Response): Promise<VendorError> {
  const text = await beginningOf(response);
  let told: z.infer<typeof failureShape>['error'] = { message: text, type: null, code: null };
  try {
    told = failureShape.parse(JSON.parse(text)).error;
  } catch {
    // A proxy's web page, say.
  }
  const { status, headers } = response;
  return new VendorError({ status, reasons: reasonsOf(told.type, told.code), message: told.message, retryAfterMs: retryAfterMsOf(headers, systemClock.now()) });
}
