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
   * @param own engines of whoever asks, which come before those of the same name; none by default. Where nothing but `builtin` is
   *   configured, null means the first of them that has a default model
   * @throws AppError ENGINE_UNKNOWN, naming the providers that there are
   */
  resolve(name: string | null, own?: readonly Engine[]): ResolvedModel;
}

function unknownProvider(provider: string, available: Iterable<string>): AppError {
  return new AppError(
    'ENGINE_UNKNOWN',
    `No such provider: "${provider.slice(0, 100)}" (available: ${[...available].join(', ')}). A model is named "provider:model"; a provider is added by its key in the configuration, or by a key of your own with "saveProviderKey".`,
  );
}

/**
 * Creates the registry.
 *
 * @param options.engines in the order of preference; at least one
 * @param options.defaultModel what null means; null for the first engine
 * @throws AppError ENGINE_UNKNOWN when `defaultModel` names a provider that there is not
 */
export function createRegistry({ engines, defaultModel }: { readonly engines: readonly Engine[]; readonly defaultModel: string | null }): Registry {
  const configured = new Map(engines.map((engine) => [engine.id, engine]));
  const [first] = engines;
  if (first === undefined) throw new Error('a registry needs an engine');
  const isNothingConfigured = defaultModel === null && first.id === 'builtin';

  const find = (name: string, own: readonly Engine[]): ResolvedModel => {
    const colon = name.indexOf(':');
    const provider = colon === -1 ? name : name.slice(0, colon);
    const engine = own.find(({ id }) => id === provider) ?? configured.get(provider);
    if (engine === undefined) throw unknownProvider(provider, new Set([...own.map(({ id }) => id), ...configured.keys()]));
    const model = colon === -1 ? engine.defaultModel : name.slice(colon + 1);
    if (model === '') throw new AppError('ENGINE_UNKNOWN', `"${name}" names no model; write "${provider}:model", or "${provider}" for its default.`);
    return { engine, model, name: `${provider}:${model}` };
  };
  const defaultName = find(defaultModel ?? first.id, []).name;

  return {
    engines,
    resolve: (name, own = []) => {
      const usable = isNothingConfigured ? own.find((engine) => engine.defaultModel !== '') : undefined;
      return find(name ?? usable?.id ?? defaultName, own);
    },
  };
}
