import { imageSizes, type ImageModel, type ImageQuality, type ImageSize } from './image-engine.ts';

/*
 * What is known of models that make pictures. Prices are the providers' own lists as of November 2026, in millionths of a US dollar a picture:
 * https://platform.openai.com/docs/pricing, https://ai.google.dev/gemini-api/docs/pricing, https://replicate.com/pricing, https://fal.ai/pricing
 */

type Facts = Omit<ImageModel, 'priceOf' | 'sizes' | 'hasQuality' | 'hasReferences' | 'hasPreviews' | 'maxCount'> & Partial<ImageModel>;

function model(facts: Facts): ImageModel {
  return { sizes: imageSizes, hasQuality: false, hasReferences: false, hasPreviews: false, maxCount: 4, priceOf: () => null, ...facts };
}

/** A table of qualities, each with the price of a square picture and of the other two forms. */
function byQuality(prices: Readonly<Record<ImageQuality, readonly [square: number, other: number]>>) {
  return (size: ImageSize, quality: ImageQuality): number => prices[quality][size === 'SQUARE' ? 0 : 1];
}

const gptImage = { hasQuality: true, hasReferences: true, hasPreviews: true, maxCount: 4 } as const;

/** Of OpenAI, best first. */
export const openAiImageModels: readonly ImageModel[] = [
  model({
    id: 'gpt-image-1',
    name: 'GPT Image 1',
    description: 'Follows long prompts, writes text into pictures, changes pictures that it is given.',
    ...gptImage,
    priceOf: byQuality({ LOW: [11_000, 16_000], MEDIUM: [42_000, 63_000], HIGH: [167_000, 250_000] }),
  }),
  model({
    id: 'gpt-image-1-mini',
    name: 'GPT Image 1 mini',
    description: 'The same for a quarter of the price.',
    ...gptImage,
    priceOf: byQuality({ LOW: [5_000, 6_000], MEDIUM: [11_000, 15_000], HIGH: [36_000, 52_000] }),
  }),
  model({
    id: 'dall-e-3',
    name: 'DALL-E 3',
    description: 'The generation before.',
    hasQuality: true,
    priceOf: byQuality({ LOW: [40_000, 80_000], MEDIUM: [40_000, 80_000], HIGH: [80_000, 120_000] }),
  }),
  model({ id: 'dall-e-2', name: 'DALL-E 2', description: 'Old, square and cheap.', sizes: ['SQUARE'], hasReferences: true, priceOf: () => 20_000 }),
];

/** Of Google, best first. */
export const geminiImageModels: readonly ImageModel[] = [
  model({
    id: 'gemini-2.5-flash-image',
    name: 'Gemini 2.5 Flash Image',
    description: 'Draws, and changes pictures that it is given, in words.',
    hasReferences: true,
    priceOf: () => 39_000,
  }),
];

/** At Replicate, best first. Any other is named as `owner/name`. */
export const replicateModels: readonly ImageModel[] = [
  model({ id: 'black-forest-labs/flux-schnell', name: 'FLUX.1 schnell', description: 'Seconds a picture, and the cheapest.', priceOf: () => 3_000 }),
  model({ id: 'black-forest-labs/flux-dev', name: 'FLUX.1 dev', description: 'Slower and finer.', priceOf: () => 25_000 }),
  model({ id: 'black-forest-labs/flux-1.1-pro', name: 'FLUX1.1 pro', description: 'The finest of the three.', maxCount: 1, priceOf: () => 40_000 }),
  model({
    id: 'black-forest-labs/flux-kontext-pro',
    name: 'FLUX.1 Kontext pro',
    description: 'Changes a picture that it is given, in words.',
    hasReferences: true,
    maxCount: 1,
    priceOf: () => 40_000,
  }),
];

/** FAL counts megapixels, rounded up: those of its large square and of its 4:3 forms are one. */
export const falModels: readonly ImageModel[] = [
  model({ id: 'fal-ai/flux/schnell', name: 'FLUX.1 schnell', description: 'Seconds a picture, and the cheapest.', priceOf: () => 3_000 }),
  model({ id: 'fal-ai/flux/dev', name: 'FLUX.1 dev', description: 'Slower and finer.', priceOf: () => 25_000 }),
  model({ id: 'fal-ai/flux-pro/v1.1', name: 'FLUX1.1 pro', description: 'The finest of the three.', priceOf: () => 40_000 }),
  model({
    id: 'fal-ai/flux-pro/kontext',
    name: 'FLUX.1 Kontext pro',
    description: 'Changes a picture that it is given, in words.',
    hasReferences: true,
    priceOf: () => 40_000,
  }),
];
