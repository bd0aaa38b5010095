import type { EngineFailure, EngineImage } from '../engine.ts';

/** The forms that a picture can have. */
export const imageSizes = ['SQUARE', 'PORTRAIT', 'LANDSCAPE'] as const;

/** One of `imageSizes`. */
export type ImageSize = (typeof imageSizes)[number];

/** How much work a model puts into a picture. */
export const imageQualities = ['LOW', 'MEDIUM', 'HIGH'] as const;

/** One of `imageQualities`. */
export type ImageQuality = (typeof imageQualities)[number];

/** A model that makes pictures. */
export interface ImageModel {
  /** The part after the colon of `provider:model`. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The forms that it can make, its own first. */
  readonly sizes: readonly ImageSize[];
  /** Whether the quality changes anything. */
  readonly hasQuality: boolean;
  /** Whether it is shown pictures to go by. */
  readonly hasReferences: boolean;
  /** Whether it shows pictures that are not ready yet. */
  readonly hasPreviews: boolean;
  /** The most pictures of one request. */
  readonly maxCount: number;
  /**
   * What one picture costs.
   *
   * @returns millionths of a US dollar; null where unknown
   */
  priceOf(size: ImageSize, quality: ImageQuality): number | null;
}

/** What an engine is to make. */
export interface ImageRequest {
  /** The model, without the provider. */
  readonly model: string;
  readonly prompt: string;
  readonly size: ImageSize;
  readonly quality: ImageQuality;
  /** From 1 to the most of the model. */
  readonly count: number;
  /** Pictures to go by; empty for none. */
  readonly references: readonly EngineImage[];
  /** The job of this very request that another process began, to be gone on with; null to begin. */
  readonly jobId: string | null;
}

/** What an engine of pictures sends. The last part is one `finish` or one `error`. */
export type ImageEnginePart =
  /** What is being done, in a few words for people. */
  | { readonly type: 'status'; readonly status: string }
  /** Work has begun at the provider that outlives the request; another process can go on with it. Nothing goes on before the next part is asked for. */
  | { readonly type: 'job'; readonly id: string }
  /** A picture that is not ready yet; `index` counts the pictures from 0. */
  | { readonly type: 'preview'; readonly index: number; readonly bytes: Uint8Array }
  | { readonly type: 'image'; readonly bytes: Uint8Array }
  /** Tokens, where the provider counts them. */
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  | { readonly type: 'finish' }
  | { readonly type: 'error'; readonly failure: EngineFailure };

/** A provider of pictures behind our interface. It holds no state between calls. */
export interface ImageEngine {
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** The model that is used when a request names only the provider. */
  readonly defaultModel: string;
  /** The models that are known, best first. Others are passed on as they are named. */
  readonly models: readonly ImageModel[];
  /**
   * Makes pictures. The stream ends after one `finish` or `error`, and never throws. When the signal aborts, it ends with an `error` part or
   * with nothing more, and what was begun at the provider is cancelled there; unless the reason is `SHUTDOWN`, when another process goes on.
   */
  generate(request: ImageRequest, signal: AbortSignal): AsyncIterable<ImageEnginePart>;
}

/** A model that nothing is known of but its name. */
export function unknownImageModel(id: string): ImageModel {
  return {
    id,
    name: id,
    description: 'Not in our list; it is passed on to the provider as it is named.',
    sizes: imageSizes,
    hasQuality: false,
    hasReferences: true,
    hasPreviews: false,
    maxCount: 1,
    priceOf: () => null,
  };
}

/** What is known of a model by its name. */
export function imageModelOf(engine: Pick<ImageEngine, 'models'>, id: string): ImageModel {
  return engine.models.find((model) => model.id === id) ?? unknownImageModel(id);
}
