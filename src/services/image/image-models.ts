import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError } from '../../base/errors.ts';
import type { ImageModel, ImageQuality, ImageSize } from '../../engines/images/image-engine.ts';
import type { ImageCalls } from './image-calls.ts';

/** A model of pictures with its provider. */
export interface ListedImageModel extends Omit<ImageModel, 'id' | 'name' | 'priceOf' | 'sizes'> {
  /** `provider:model`. */
  readonly name: string;
  readonly provider: string;
  readonly providerName: string;
  readonly displayName: string;
  readonly sizes: readonly ImageSize[];
  readonly isDefault: boolean;
  readonly isOwnKey: boolean;
  /** The workspace whose key draws; null for none's. */
  readonly workspaceId: string | null;
  readonly prices: readonly ImagePrice[];
}

/** What one picture costs. */
export interface ImagePrice {
  readonly size: ImageSize;
  readonly quality: ImageQuality;
  /** Millionths of a US dollar. */
  readonly costMicros: number;
}

/** Which models draw. */
export type ImageModels = ReturnType<typeof createImageModels>;

function pricesOf({ sizes, hasQuality, priceOf }: ImageModel): readonly ImagePrice[] {
  const qualities = hasQuality ? (['LOW', 'MEDIUM', 'HIGH'] as const) : (['MEDIUM'] as const);
  return sizes.flatMap((size) =>
    qualities.flatMap((quality) => {
      const costMicros = priceOf(size, quality);
      return costMicros === null ? [] : [{ size, quality, costMicros }];
    }),
  );
}

/** Creates the service. */
export function createImageModels({ imageCalls }: { readonly imageCalls: ImageCalls }) {
  return {
    /** The models of pictures that somebody has, the default first. */
    list: async (viewer: Viewer | null): Promise<readonly ListedImageModel[]> => {
      const { userId } = requireViewer(viewer);
      const engines = await imageCalls.engines(userId);
      const defaultName = await imageCalls.resolve(userId, null).then(
        ({ name }) => name,
        (error: unknown) => {
          // Nobody draws here.
          if (error instanceof AppError && error.code === 'ENGINE_UNKNOWN') return null;
          throw error;
        },
      );
      const listed = engines.flatMap(({ engine, isOwnKey, workspaceId }) =>
        engine.models.map((model): ListedImageModel => {
          const { id, name: displayName, priceOf: _price, ...facts } = model;
          const name = `${engine.id}:${id}`;
          return {
            ...facts,
            name,
            provider: engine.id,
            providerName: engine.name,
            displayName,
            isDefault: name === defaultName,
            isOwnKey: isOwnKey && workspaceId === null,
            workspaceId,
            prices: pricesOf(model),
          };
        }),
      );
      return listed.toSorted((left, right) => Number(right.isDefault) - Number(left.isDefault));
    },
  };
}
