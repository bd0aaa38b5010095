import type { Engine, EngineFailure, EnginePart, Model } from '../../engines/engine.ts';
import { type EngineKind } from '../../engines/create-engine.ts';
import { kindFacts } from './kinds.ts';
import { providerIdOf, wordsOf, type UsableKeyRow } from './provider-key-row.ts';

type Owned = Pick<UsableKeyRow, 'provider' | 'models' | 'handle' | 'workspaceName'>;

/** What people call the provider of a key. Whose key of several it is they must see. */
export function nameOf({ provider, workspaceName }: Owned, kind: EngineKind): string {
  const name = kindFacts[kind].label ?? provider;
  return workspaceName === null ? name : `${name} (${workspaceName})`;
}

/** A model of which nothing is known but that its owner named it. */
function namedModel(id: string): Model {
  const unknown = { contextWindow: null, inputPrice: null, outputPrice: null, cachedInputPrice: null };
  // Nearly all models that chat can call tools today; one that cannot answers with an error of its own.
  return { id, name: id, description: 'Named with the key.', hasTools: true, hasVision: false, hasJson: true, ...unknown };
}

/** A refused key, told to its owner: there is nothing to configure and nothing to start again. */
function toldToOwner(part: EnginePart, owned: Owned): EnginePart {
  if (part.type !== 'error' || part.failure.code !== 'ENGINE_BAD_KEY') return part;
  const { key, remedy } = wordsOf(owned);
  const message = `${key} is refused there. ${remedy}`;
  return { type: 'error', failure: { ...part.failure, message } };
}

/**
 * An engine as its owner knows it: by the provider's name, with the models that were named, the first of them by default.
 *
 * @param onUse called at every request
 */
export function ownedEngine(engine: Engine, kind: EngineKind, owned: Owned, onUse: () => void): Engine {
  const { models } = owned;
  const [first = engine.defaultModel] = models;
  return {
    ...engine,
    id: providerIdOf(owned),
    name: nameOf(owned, kind),
    defaultModel: first,
    listModels: async () => {
      const listed = await engine.listModels();
      return models.length === 0 ? listed : models.map((id) => listed.find((model) => model.id === id) ?? namedModel(id));
    },
    stream: (request, signal) => {
      onUse();
      return {
        [Symbol.asyncIterator]: () => {
          const parts = engine.stream(request, signal)[Symbol.asyncIterator]();
          return {
            next: async () => {
              const result = await parts.next();
              return result.done === true ? result : { done: false, value: toldToOwner(result.value, owned) };
            },
            return: async () => (await parts.return?.()) ?? { done: true, value: undefined },
          };
        },
      };
    },
  };
}

/** What stands in for an engine whose key cannot be used: it says so when it is asked. */
export function brokenEngine(owned: Owned, message: string): Engine {
  const { models } = owned;
  const id = providerIdOf(owned);
  const failure: EngineFailure = { code: 'ENGINE_BAD_KEY', message, isRetryable: false, retryAfterMs: null };
  return {
    id,
    name: id,
    defaultModel: models[0] ?? 'unknown',
    listModels: () => Promise.resolve(models.map(namedModel)),
    stream: () =>
      (async function* fail(): AsyncGenerator<EnginePart, void, undefined> {
        yield { type: 'error', failure };
      })(),
  };
}
