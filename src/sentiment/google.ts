import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import { delay } from '../base/async.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { labelOf, type Judgement } from '../base/sentiment.ts';
import type { GoogleLanguageConfig, ServiceAccount } from '../base/sentiment-config.ts';

/** Judges a text by Google Cloud Natural Language. */
export interface GoogleJudge {
  /**
   * @param signal ends the attempt; its reason is thrown
   * @returns null for a language that Google does not judge
   * @throws AppError SERVICE_UNAVAILABLE, naming what Google said and what helps; never a key
   */
  (text: string, signal: AbortSignal): Promise<Judgement | null>;
}

/** What the judge is made of. */
export interface GoogleJudgeOptions {
  readonly config: GoogleLanguageConfig;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
}

const scope = 'https://www.googleapis.com/auth/cloud-language';
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** How long before its end a token is no longer used. */
const tokenMarginMs = 60_000;

/** How long to wait before the one more attempt, with as much again by chance. */
const retryAfterMs = 150;

/** Feeling without a direction: Google calls that mixed, without saying from where on (https://cloud.google.com/natural-language/docs/basics). */
const mixedMagnitude = 1.2;

const answer = z.object({ documentSentiment: z.object({ score: z.number(), magnitude: z.number() }) });
const fault = z.object({ error: z.object({ message: z.string().catch(''), status: z.string().catch('') }) });
const token = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** An answer that is none. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function readJson<Shape extends z.ZodType>(response: Response, shape: Shape, what: string): Promise<z.output<Shape>> {
  const text = await response.text();
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below, with the status.
  }
  if (!response.ok) {
    const said = fault.safeParse(value).data?.error;
    throw new RefusedError(
      response.status,
      said === undefined ? `${what} answered ${response.status}` : `${what} answered ${response.status} ${said.status}: ${said.message}`,
    );
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new RefusedError(502, `${what} did not answer in its own format`);
  return parsed.data;
}

/** Tokens of a service account, each kept until shortly before its end. */
function createTokens(account: ServiceAccount, { fetch, clock }: Pick<GoogleJudgeOptions, 'fetch' | 'clock'>) {
  let current: Promise<{ readonly value: string; readonly untilMs: number }> | null = null;

  const request = async (signal: AbortSignal) => {
    const now = clock.now().getTime();
    const key = await importPKCS8(account.private_key, 'RS256');
    const assertion = await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(account.private_key_id === undefined ? {} : { kid: account.private_key_id }) })
      .setIssuer(account.client_email)
      .setAudience(account.token_uri)
      .setIssuedAt(Math.floor(now / 1_000))
      .setExpirationTime(Math.floor(now / 1_000) + 3_600)
      .sign(key);
    const body = new URLSearchParams({ grant_type: grantType, assertion });
    const response = await fetch(account.token_uri, { method: 'POST', body, signal, redirect: 'error' });
    const { access_token: value, expires_in: seconds } = await readJson(response, token, 'The token service of Google');
    return { value, untilMs: now + seconds * 1_000 - tokenMarginMs };
  };
  const renew = (signal: AbortSignal) => {
    const renewing = request(signal);
    current = renewing;
    renewing.catch(() => {
      if (current === renewing) current = null;
    });
    return renewing;
  };
  return {
    get: async (signal: AbortSignal): Promise<string> => {
      // Whoever began it may have been aborted; then it is asked for anew, with a signal of one's own.
      const known = await current?.catch(() => null);
      if (known != null && known.untilMs > clock.now().getTime()) return known.value;
      return (await renew(signal)).value;
    },
    forget: (): void => {
      current = null;
    },
  };
}

function isWorthAnotherTry(error: unknown): boolean {
  return !(error instanceof RefusedError) || error.status === 401 || error.status === 429 || error.status >= 500;
}

function explained(error: unknown): AppError {
  const remedies: Readonly<Record<number, string>> = {
    400: 'Check GOOGLE_NLP_API_KEY or GOOGLE_NLP_SERVICE_ACCOUNT.',
    401: 'Check GOOGLE_NLP_API_KEY or GOOGLE_NLP_SERVICE_ACCOUNT.',
    403: 'Enable the Cloud Natural Language API for the project of the key.',
    404: 'Check GOOGLE_NLP_BASE_URL.',
    429: 'The quota of the project is used up; raise it or choose another method.',
  };
  const remedy = error instanceof RefusedError ? remedies[error.status] : 'Check GOOGLE_NLP_BASE_URL and the network.';
  const said = error instanceof RefusedError ? error.message : `Google Cloud Natural Language cannot be reached: ${messageOf(error)}`;
  return new AppError('SERVICE_UNAVAILABLE', remedy === undefined ? said : `${said.replace(/[.\s]*$/, '.')} ${remedy}`, { cause: error });
}

/**
 * Creates the judge (https://cloud.google.com/natural-language/docs/reference/rest/v2/documents/analyzeSentiment). What fails in passing is
 * tried once more.
 */
export function createGoogleJudge({ config, fetch, clock, random }: GoogleJudgeOptions): GoogleJudge {
  const { apiKey, serviceAccount, baseUrl } = config;
  const tokens = serviceAccount === null ? null : createTokens(serviceAccount, { fetch, clock });
  const url = `${baseUrl}/v2/documents:analyzeSentiment?fields=documentSentiment`;

  const attempt = async (text: string, signal: AbortSignal): Promise<Judgement> => {
    // In a header, since addresses are written into logs.
    const access: Record<string, string> = tokens === null ? { 'x-goog-api-key': apiKey ?? '' } : { authorization: `Bearer ${await tokens.get(signal)}` };
    const body = JSON.stringify({ document: { type: 'PLAIN_TEXT', content: text }, encodingType: 'UTF16' });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...access }, body, signal, redirect: 'error' });
    const { documentSentiment } = await readJson(response, answer, 'Google Cloud Natural Language');
    const score = Math.min(1, Math.max(-1, documentSentiment.score));
    const magnitude = Math.max(0, documentSentiment.magnitude);
    const label = labelOf(score);
    return { score, magnitude, label: label === 'NEUTRAL' && magnitude >= mixedMagnitude ? 'MIXED' : label, emotion: null };
  };

  return async (text, signal) => {
    try {
      try {
        return await attempt(text, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!isWorthAnotherTry(error)) throw error;
        if (error instanceof RefusedError && error.status === 401) tokens?.forget();
        await delay(retryAfterMs * (1 + random()), signal);
        return await attempt(text, signal);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RefusedError && error.status === 400 && /language .* not supported/i.test(error.message)) return null;
      throw explained(error);
    }
  };
}
