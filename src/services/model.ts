import { requireViewer, type Viewer } from '../auth/viewer.ts';
import type { Model } from '../engines/engine.ts';
import type { Registry } from '../engines/registry.ts';
import type { DefaultsFor } from './preference/answer-defaults.ts';
import { enginesFor } from './model-calls.ts';
import type { OwnEngine, OwnEngines } from './provider-key/own-engines.ts';

/** A model with its provider. */
export interface ListedModel extends Omit<Model, 'id' | 'name'> {
  /** `provider:model`. */
  readonly name: string;
  readonly provider: string;
  readonly providerName: string;
  readonly model: string;
  readonly displayName: string;
  readonly isDefault: boolean;
  /** Whether a key of the viewer's own answers. */
  readonly isOwnKey: boolean;
  /** The workspace whose key answers; null for none's. */
  readonly workspaceId: string | null;
}

/** Which models can be asked. */
export type Models = ReturnType<typeof createModels>;

/** What the service needs. */
export interface ModelDependencies {
  readonly registry: Registry;
  readonly ownEngines: OwnEngines;
  readonly defaultsFor: DefaultsFor;
}

/** Creates the service. The lists are kept by the engines: those of a person's keys by engines that nobody else has. */
export function createModels({ registry, ownEngines, defaultsFor }: ModelDependencies) {
  /** What answers when no model is named: a default of before may be gone. */
  const defaultNameOf = (chosen: string | null, own: readonly OwnEngine[]): string => {
    try {
      return registry.resolve(chosen, enginesFor(chosen, own)).name;
    } catch {
      return '';
    }
  };

  return {
    /** The models of all engines of the viewer, or of one, the default first. */
    list: async (viewer: Viewer | null, provider: string | null): Promise<readonly ListedModel[]> => {
      const { userId } = requireViewer(viewer);
      const [found, defaults] = await Promise.all([ownEngines.of(userId), defaultsFor(userId, null)]);
      const own = found.map(({ engine }) => engine);
      const all = [...own, ...registry.engines.filter(({ id }) => !own.some((engine) => engine.id === id))];
      const chosen = provider === null ? all : all.filter(({ id }) => id === provider);
      // It throws, and names those that there are.
      if (provider !== null && chosen.length === 0) registry.resolve(provider, own);
      const defaultName = defaultNameOf(defaults.model ?? null, found);
      const lists = await Promise.all(
        chosen.map(async (engine) => {
          const workspaceId = found.find((one) => one.engine === engine)?.workspaceId ?? null;
          return (await engine.listModels()).map(({ id, name, ...model }): ListedModel => {
            const fullName = `${engine.id}:${id}`;
            return {
              ...model,
              name: fullName,
              provider: engine.id,
              providerName: engine.name,
              model: id,
              displayName: name,
              isDefault: fullName === defaultName,
              isOwnKey: workspaceId === null && own.includes(engine),
              workspaceId,
            };
          });
        }),
      );
      return lists.flat().toSorted((left, right) => Number(right.isDefault) - Number(left.isDefault));
    },
  };
}
