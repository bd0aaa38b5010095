import { createHash } from 'node:crypto';
import { z } from 'zod';
import { contextKinds } from '../conversation/about.ts';
import { filledTemplate } from '../prompt-template/filled-template.ts';
import { lifetimeMinutes } from '../conversation/temporary.ts';
import { imageQualities, imageSizes } from '../../engines/images/image-engine.ts';
import { sentimentMethods } from '../../base/sentiment.ts';

const text = z
  .string()
  .refine((value) => value.trim() !== '', 'must not be empty')
  .max(100_000, 'has at most 100,000 characters')
  // PostgreSQL cannot store it, and no one can see it.
  .refine((value) => !value.includes('\u0000'), 'must not contain the character U+0000');

/** A model as people name it. */
export const modelText = z.string().min(1, 'must not be empty').max(200, 'has at most 200 characters');

/** What a client may say about how a run should answer. */
export const runOptions = z.object({
  /** Models that answer, one after the other, when the one before fails before its first token. */
  fallbacks: z.array(modelText).max(3, 'names at most 3 models').nullish(),
  sentimentMethod: z.enum(sentimentMethods).nullish(),
  temperature: z.number().min(0, 'is from 0 to 2').max(2, 'is from 0 to 2').nullish(),
  topP: z.number().min(0, 'is from 0 to 1').max(1, 'is from 0 to 1').nullish(),
  topK: z.number().int().min(1, 'is at least 1').nullish(),
  maxTokens: z.number().int().min(1, 'is at least 1').nullish(),
  systemPrompt: z
    .string()
    .max(100_000, 'has at most 100,000 characters')
    .refine((value) => !value.includes('\u0000'), 'must not contain the character U+0000')
    .nullish(),
});

/** How a run should answer, as it is stored with it. */
export type RunOptions = z.infer<typeof runOptions>;

/** What pictures a run draws, as it is stored with it. */
export const imageOptions = z.object({
  size: z.enum(imageSizes),
  quality: z.enum(imageQualities),
  count: z.number().int().min(1, 'is at least 1').max(10, 'is at most 10'),
});

/** What pictures a run draws. */
export type ImageOptions = z.infer<typeof imageOptions>;

/** What happens when a run is under way in the conversation. */
export const ifBusy = z.enum(['REJECT', 'ENQUEUE', 'INTERRUPT']);

/** What a person may say of every turn that follows their message. */
export const saidOptions = runOptions.extend({
  model: modelText.nullish(),
  provider: z.string().min(1, 'must not be empty').max(100).nullish(),
});

/** See `saidOptions`. */
export type SaidOptions = z.output<typeof saidOptions>;

const howToRun = saidOptions.extend({
  idempotencyKey: z.string().min(1, 'must not be empty').max(200, 'has at most 200 characters').nullish(),
  ifBusy: ifBusy.nullish(),
});

/** What every start of a run may say. */
export type HowToRun = z.output<typeof howToRun>;

const attachmentIds = z.array(z.uuid()).max(10, 'names at most 10 attachments').nullish();

/** The input of `sendMessage` and `ask`. */
export const sendInput = howToRun.extend({
  conversationId: z.uuid().nullish(),
  temporaryForMinutes: lifetimeMinutes.nullish(),
  /** What a new conversation is about. */
  context: z.object({ kind: z.enum(contextKinds), id: z.uuid() }).nullish(),
  text: text.nullish(),
  /** Whose text is said in place of `text`. */
  template: filledTemplate.nullish(),
  attachmentIds,
});

/** The input of `sendMessage` and `ask`. */
export type SendInput = z.input<typeof sendInput>;

/** The input of `tryPromptTemplate`. */
export const tryInput = z.object({ template: filledTemplate, question: text.nullish(), model: modelText.nullish(), temperature: runOptions.shape.temperature });

/** The input of `tryPromptTemplate`. */
export type TryInput = z.input<typeof tryInput>;

/** The input of `editMessage`. */
export const editInput = howToRun.extend({ messageId: z.uuid(), text, attachmentIds });

/** The input of `editMessage`. */
export type EditInput = z.input<typeof editInput>;

/** The input of `generateImage`. */
export const generateImageInput = z.object({
  conversationId: z.uuid().nullish(),
  prompt: text.refine((value) => value.length <= 32_000, 'has at most 32,000 characters'),
  model: modelText.nullish(),
  size: z.enum(imageSizes).nullish(),
  quality: z.enum(imageQualities).nullish(),
  count: z.number().int().min(1, 'is at least 1').max(10, 'is at most 10').nullish(),
  attachmentIds,
  idempotencyKey: howToRun.shape.idempotencyKey,
  ifBusy: ifBusy.nullish(),
});

/** The input of `generateImage`. */
export type GenerateImageInput = z.input<typeof generateImageInput>;

/** The input of `regenerate`. */
export const regenerateInput = howToRun.extend({ messageId: z.uuid() });

/** The input of `regenerate`. */
export type RegenerateInput = z.input<typeof regenerateInput>;

/** The input of `autoAnalyze`. */
export const autoAnalyzeInput = howToRun.extend({ sessionId: z.uuid() });

/** The input of `autoAnalyze`. */
export type AutoAnalyzeInput = z.input<typeof autoAnalyzeInput>;

/**
 * The name of a model from the two ways to give it.
 *
 * @returns `provider:model`, a provider, or null for the default
 */
export function modelName(input: { readonly provider?: string | null | undefined; readonly model?: string | null | undefined }): string | null {
  if (input.provider == null) return input.model ?? null;
  if (input.model == null) return input.provider;
  return input.model.startsWith(`${input.provider}:`) ? input.model : `${input.provider}:${input.model}`;
}

/** What an idempotency key stands for: the same key with another hash is an error. Null is not absent: it passes over defaults. */
export function hashOf(kind: string, input: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(input)
    .filter(([key, value]) => key !== 'idempotencyKey' && value !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([kind, entries]))
    .digest('hex');
}
