import { LRUCache } from 'lru-cache';
import { AppError } from '../../base/errors.ts';
import { createImageEngine, imageKinds, type ImageAccess } from '../../engines/images/create-image-engine.ts';
import { imageModelOf, type ImageEngine, type ImageModel } from '../../engines/images/image-engine.ts';
import type { ImageEngineOptions } from '../../engines/images/stream-pictures.ts';
import type { OwnAccess, OwnEngines } from '../provider-key/own-engines.ts';

/** A model of pictures that was asked for by name. */
export interface ChosenImageModel {
  readonly engine: ImageEngine;
  readonly model: ImageModel;
  /** `provider:model`. */
  readonly name: string;
  readonly isOwnKey: boolean;
  /** Notes that it is used. */
  use(): void;
}

/** The way to models of pictures for every service. */
export interface ImageCalls {
  /** The models of all providers that somebody has, by their own keys first. */
  engines(userId: string): Promise<readonly { readonly engine: ImageEngine; readonly isOwnKey: boolean }[]>;
  /**
   * Which model a name means for somebody.
   *
   * @param name `provider:model`, a provider for its default model, or null for the default
   * @throws AppError ENGINE_UNKNOWN
   */
  resolve(userId: string, name: string | null): Promise<ChosenImageModel>;
  /** Whether models may draw by a tool: where the configuration names a model of pictures. */
  readonly isTool: boolean;
}

/** What it stands on. */
export interface ImageCallDependencies {
  /** Makes the engines of the configuration, best first; called when they are first wanted. */
  readonly load: () => Promise<readonly ImageEngine[]>;
  /** `provider:model` or a provider; null for the first there is. */
  readonly defaultModel: string | null;
  readonly ownEngines: Pick<OwnEngines, 'accessesOf'>;
  readonly timers: ImageEngineOptions['timers'];
  /** For the addresses that providers answer with, and for those that people give. */
  readonly guardedFetch: typeof globalThis.fetch;
}

/** Names go into paths: no part of one may lead out of them. */
const modelName = /^[A-Za-z0-9][\w.:-]*(\/[A-Za-z0-9][\w.-]*){0,5}$/;
const mostEngines = 200;

/** What a key opens here; null where its provider makes no pictures. */
function imageAccessOf({ access }: OwnAccess): ImageAccess | null {
  const kind = imageKinds.find((known) => known === access.kind);
  if (kind === undefined) return null;
  const { id, name, apiKey, baseUrl } = access;
  return { kind, id, name, apiKey, baseUrl, defaultModel: null };
}

/** Creates it. */
export function createImageCalls(deps: ImageCallDependencies): ImageCalls {
  const made = new LRUCache<string, Promise<ImageEngine>>({ max: mostEngines });

  let loading: Promise<readonly ImageEngine[]> | null = null;
  const configured = (): Promise<readonly ImageEngine[]> => {
    loading ??= deps.load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };

  const ownOf = async (userId: string): Promise<readonly { readonly engine: ImageEngine; readonly use: () => void }[]> => {
    const accesses = await deps.ownEngines.accessesOf(userId);
    const own = accesses.map(async (found) => {
      const access = imageAccessOf(found);
      if (access === null) return null;
      const { baseUrl } = access;
      // A picture in JSON is larger than what people's endpoints answer chats with.
      const surroundings = { fetch: baseUrl === null ? found.surroundings.fetch : deps.guardedFetch, fetchResult: deps.guardedFetch, timers: deps.timers };
      const engine = made.get(found.version) ?? createImageEngine(access, surroundings);
      made.set(found.version, engine);
      return { engine: await engine, use: found.use };
    });
    return (await Promise.all(own)).filter((engine) => engine !== null);
  };

  const unknown = (name: string, available: readonly string[]): AppError =>
    new AppError(
      'ENGINE_UNKNOWN',
      `No such provider of pictures: "${name.slice(0, 100)}" (available: ${available.length === 0 ? 'none' : available.join(', ')}). See "imageModels"; a provider is added by its key in the configuration, or by a key of your own with "saveProviderKey".`,
    );

  return {
    isTool: deps.defaultModel !== null,

    engines: async (userId) => {
      const own = (await ownOf(userId)).map(({ engine }) => ({ engine, isOwnKey: true }));
      const others = (await configured()).filter(({ id }) => !own.some(({ engine }) => engine.id === id)).map((engine) => ({ engine, isOwnKey: false }));
      return [...own, ...others];
    },

    resolve: async (userId, name) => {
      const [own, engines] = await Promise.all([ownOf(userId), configured()]);
      const available = [...new Set([...own.map(({ engine }) => engine.id), ...engines.map(({ id }) => id)])];
      const wanted = name ?? deps.defaultModel ?? engines[0]?.id ?? own[0]?.engine.id;
      if (wanted === undefined) throw unknown('', available);
      const colon = wanted.indexOf(':');
      const provider = colon === -1 ? wanted : wanted.slice(0, colon);
      const mine = own.find(({ engine }) => engine.id === provider);
      const engine = mine?.engine ?? engines.find(({ id }) => id === provider);
      if (engine === undefined) throw unknown(provider, available);
      const id = colon === -1 ? engine.defaultModel : wanted.slice(colon + 1);
      if (!modelName.test(id)) throw new AppError('ENGINE_UNKNOWN', `"${wanted.slice(0, 100)}" names no model; see "imageModels".`);
      return { engine, model: imageModelOf(engine, id), name: `${provider}:${id}`, isOwnKey: mine !== undefined, use: mine?.use ?? (() => {}) };
    },
  };
}
