import type { ImageEngine } from './image-engine.ts';
import type { ImageEngineOptions } from './stream-pictures.ts';

/** Which providers make pictures. */
export const imageKinds = ['openai', 'openai-compatible', 'gemini', 'replicate', 'fal'] as const;

/** One of `imageKinds`. */
export type ImageKind = (typeof imageKinds)[number];

/** The access to a provider of pictures, whoever gave it. */
export interface ImageAccess {
  readonly kind: ImageKind;
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly apiKey: string | null;
  /** Null is the provider's own address. */
  readonly baseUrl: string | null;
  /** The model of requests that name only the provider; null for one that is known. */
  readonly defaultModel: string | null;
}

/** Makes an engine of pictures. The SDKs of vendors are only loaded where they are used. */
export async function createImageEngine(
  access: ImageAccess,
  surroundings: Pick<ImageEngineOptions, 'fetch' | 'fetchResult' | 'timers' | 'retry'>,
): Promise<ImageEngine> {
  const { kind, defaultModel, ...rest } = access;
  const options: ImageEngineOptions = { ...rest, ...surroundings, ...(defaultModel === null ? {} : { defaultModel }) };
  switch (kind) {
    case 'openai':
    case 'openai-compatible': {
      const { createOpenAiImages } = await import('./openai-images.ts');
      // Nobody knows what another server draws with.
      return createOpenAiImages(kind === 'openai' ? options : { ...options, models: [] });
    }
    case 'gemini': {
      const { createGeminiImages } = await import('./gemini-images.ts');
      return createGeminiImages(options);
    }
    case 'replicate': {
      const { createReplicateImages } = await import('./replicate.ts');
      return createReplicateImages(options);
    }
    case 'fal': {
      const { createFalImages } = await import('./fal.ts');
      return createFalImages(options);
    }
    default:
      return kind satisfies never;
  }
}
