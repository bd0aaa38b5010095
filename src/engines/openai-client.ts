import OpenAI, { APIConnectionError, APIError } from 'openai';
import { sdkTimeoutMs } from './engine-options.ts';
import { NetworkError, reasonsOf, retryAfterMsOf, VendorError } from './faults.ts';

/** OpenAI's own address, up to and with `/v1`. Always given to the SDK, which else looks into the environment. */
const openAiBaseUrl = 'https://api.openai.com/v1';

/**
 * The SDK of OpenAI, as we use it: without retries, time limits, logs, and what it reads from the environment by itself.
 *
 * @param access.apiKey null for a server that asks for none
 * @param access.baseUrl null for OpenAI's own address
 */
export function createOpenAiClient(access: {
  readonly apiKey: string | null;
  readonly baseUrl: string | null;
  readonly fetch: typeof globalThis.fetch;
}): OpenAI {
  const { apiKey, baseUrl, fetch } = access;
  return new OpenAI({
    // The SDK insists on a key; its header is taken away again.
    apiKey: apiKey ?? 'none',
    ...(apiKey === null ? { defaultHeaders: { authorization: null } } : {}),
    baseURL: baseUrl ?? openAiBaseUrl,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    fetch,
    // Its retries sleep through aborts and through any Retry-After.
    maxRetries: 0,
    timeout: sdkTimeoutMs,
    // It logs bodies, which hold what people wrote.
    logLevel: 'off',
  });
}

/** What an error of the SDK is to us; anything else stays as it is. */
export function openAiFault(error: unknown, now: Date): unknown {
  if (error instanceof APIConnectionError) return new NetworkError(error);
  if (!(error instanceof APIError)) return error;
  const { status, message, type, code, headers } = error;
  return new VendorError({ status: status ?? null, reasons: reasonsOf(type, code), message, retryAfterMs: retryAfterMsOf(headers, now) });
}
