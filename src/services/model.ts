import { requireViewer, type Viewer } from '../auth/viewer.ts';
import type { Model } from '../engines/engine.ts';
import type { Registry } from '../engines/registry.ts';

/** A model with its provider. */
export interface ListedModel extends Omit<Model, 'id' | 'name'> {
  /** `provider:model`. */
  readonly name: string;
  readonly provider: string;
  readonly providerName: string;
  readonly model: string;
  readonly displayName: string;
  readonly isDefault: boolean;
}

/** Which models can be asked. */
export type Models = ReturnType<typeof createModels>;

/** Creates the service. */
export function createModels({ registry }: { readonly registry: Registry }) {
  return {
    /** The models of all engines, or of one, the default first. */
    list: async (viewer: Viewer | null, provider: string | null): Promise<readonly ListedModel[]> => {
      requireViewer(viewer);
      const chosen = provider === null ? registry.engines : [registry.resolve(provider).engine];
      const defaultName = registry.resolve(null).name;
      const lists = await Promise.all(
        chosen.map(async (engine) =>
          (await engine.listModels()).map(({ id, name, ...model }): ListedModel => {
            const fullName = `${engine.id}:${id}`;
            return {
              ...model,
              name: fullName,
              provider: engine.id,
              providerName: engine.name,
              model: id,
              displayName: name,
              isDefault: fullName === defaultName,
            };
          }),
        ),
      );
      return lists.flat().toSorted((left, right) => Number(right.isDefault) - Number(left.isDefault));
    },
  };
}
