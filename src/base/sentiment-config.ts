import { z } from 'zod';
import { wholeNumber } from './config-values.ts';
import { sentimentMethods, type SentimentMethod } from './sentiment.ts';

/** How messages are judged. */
export interface SentimentConfig {
  /** For runs that do not say. */
  readonly method: SentimentMethod;
  /** How long judging a message may take. */
  readonly timeoutMs: number;
  /** Google Cloud Natural Language; null without a key or an account. */
  readonly google: GoogleLanguageConfig | null;
}

/** The access to Google Cloud Natural Language: a service account goes before a key. */
export interface GoogleLanguageConfig {
  readonly apiKey: string | null;
  readonly serviceAccount: ServiceAccount | null;
  /** Without a slash in the end. */
  readonly baseUrl: string;
}

const serviceAccount = z.object({
  client_email: z.string().min(1),
  /** PEM, PKCS #8. */
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
});

/** What is used of the JSON file of a service account. */
export type ServiceAccount = z.infer<typeof serviceAccount>;

const accountText = z.string().transform((text, context): ServiceAccount => {
  try {
    return serviceAccount.parse(JSON.parse(text));
  } catch {
    // Never the text itself: it holds a key.
    context.addIssue({ code: 'custom', message: 'must be the JSON of a service account, in one line, with client_email and private_key' });
    return z.NEVER;
  }
});

/** The variables of sentiment. */
export const sentimentVariables = {
  SENTIMENT_METHOD: z.enum(sentimentMethods, { error: `must be one of ${sentimentMethods.join(', ')}` }).default('LOCAL'),
  SENTIMENT_TIMEOUT_MS: wholeNumber(5_000, 10, 60_000),
  GOOGLE_NLP_API_KEY: z.string().optional(),
  GOOGLE_NLP_SERVICE_ACCOUNT: accountText.optional(),
  GOOGLE_NLP_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be a URL (^https?$)' }).default('https://language.googleapis.com'),
};

const variables = z.object(sentimentVariables);

/** The variables in the product's words. */
export function shapeSentiment(values: z.infer<typeof variables>): SentimentConfig {
  const { GOOGLE_NLP_API_KEY: apiKey = null, GOOGLE_NLP_SERVICE_ACCOUNT: account = null } = values;
  const baseUrl = values.GOOGLE_NLP_BASE_URL.replace(/\/+$/, '');
  return {
    method: values.SENTIMENT_METHOD,
    timeoutMs: values.SENTIMENT_TIMEOUT_MS,
    google: apiKey === null && account === null ? null : { apiKey, serviceAccount: account, baseUrl },
  };
}
