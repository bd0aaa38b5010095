import { AppError } from '../base/errors.ts';
import type { Engine } from './engine.ts';

/** A model that was asked for by name, and the engine that has it. */
export interface ResolvedModel {
  readonly engine: Engine;
  /** The model without the provider. */
  readonly model: string;
  /** `provider:model`. */
  readonly name: string;
}

/** The engines that the configuration allows. */
export interface Registry {
  /** Best first: one that has a key before `builtin`. */
  readonly engines: readonly Engine[];
  /**
   * Finds a model. One that a known provider does not list is passed on to it: providers have new models before we know them.
   *
   * @param name `provider:model`, or a provider for its default model, or null for the configured default
   * @throws AppError ENGINE_UNKNOWN, naming the providers that there are
   */
  resolve(name: string | null): ResolvedModel;
}

/**
 * Creates the registry.
 *
 * @param options.engines in the order of preference; at least one
 * @param options.defaultModel what null means; null for the first engine
 * @throws AppError ENGINE_UNKNOWN when `defaultModel` names a provider that there is not
 */
export function createRegistry({ engines, defaultModel }: { readonly engines: readonly Engine[]; readonly defaultModel: string | null }): Registry {
  const byId = new Map(engines.map((engine) => [engine.id, engine]));
  const [first] = engines;
  if (first === undefined) throw new Error('a registry needs an engine');

  const find = (name: string): ResolvedModel => {
    const colon = name.indexOf(':');
    const provider = colon === -1 ? name : name.slice(0, colon);
    const engine = byId.get(provider);
    if (engine === undefined) {
      const available = [...byId.keys()].join(', ');
      throw new AppError(
        'ENGINE_UNKNOWN',
        `No such provider: "${provider.slice(0, 100)}" (available: ${available}). A model is named "provider:model"; a provider is added by its key in the configuration.`,
      );
    }
    const model = colon === -1 ? engine.defaultModel : name.slice(colon + 1);
    if (model === '') throw new AppError('ENGINE_UNKNOWN', `"${name}" names no model; write "${provider}:model", or "${provider}" for its default.`);
    return { engine, model, name: `${provider}:${model}` };
  };

  const fallback = find(defaultModel ?? first.id);
  return { engines, resolve: (name) => (name === null ? fallback : find(name)) };
}
