import { readWhole, sendRequest, withAttempts, type AttemptPolicy } from '../calls.ts';
import { ProtocolError } from '../faults.ts';
import { createStreamGuard } from '../stream-guard.ts';
import { bytesOfBase64, mostPictureBytes, type ImageEngineOptions } from './stream-pictures.ts';

/** A picture that stands in its address (RFC 2397). */
const inAddress = /^data:[\w.+-]+\/[\w.+-]+;base64,([A-Za-z0-9+/=\s]*)$/;

/** What is said of itself by what is no picture for sure. Storage services often say `application/octet-stream`. */
const noPicture = /^(text|application\/(json|xml|xhtml))/i;

/**
 * Fetches the picture that a provider answered with. Its address is the provider's word alone, so it must lead to the internet, over TLS and without
 * redirects, and no key is sent along.
 *
 * @param address as the provider gave it
 * @throws CallFailed, or the reason of the signal
 */
export async function fetchPicture(
  { fetchResult, timers }: ImageEngineOptions,
  address: string,
  policy: AttemptPolicy,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const held = inAddress.exec(address)?.[1];
  if (held !== undefined) return bytesOfBase64(held);
  const load = async (limited: AbortSignal): Promise<Uint8Array> => {
    if (!URL.canParse(address)) throw new ProtocolError('gave an address of its picture that is none');
    const guard = createStreamGuard(limited);
    try {
      const response = await sendRequest(fetchResult, address, {}, guard, timers.connectTimeoutMs);
      const type = response.headers.get('content-type') ?? '';
      if (noPicture.test(type)) {
        await response.body?.cancel();
        throw new ProtocolError(`gave ${type.slice(0, 60)} in place of a picture`);
      }
      return await readWhole(response, guard, { idleTimeoutMs: timers.idleTimeoutMs, maxBytes: mostPictureBytes });
    } finally {
      guard.close();
    }
  };
  return withAttempts(policy, load, signal);
}
