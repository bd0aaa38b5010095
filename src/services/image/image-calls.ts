import { createImageEngine, imageKinds, type ImageAccess } from '../../engines/images/create-image-engine.ts';
import { imageModelOf, type ImageEngine, type ImageModel } from '../../engines/images/image-engine.ts';
import type { ImageEngineOptions } from '../../engines/images/stream-pictures.ts';
import type { OwnAccess, OwnEngines } from '../provider-key/own-engines.ts';
import { createProviderBook, type ChosenProvider, type ProviderBook } from '../provider-key/provider-book.ts';

/** A model of pictures that was asked for by name. */
export interface ChosenImageModel extends Omit<ChosenProvider<ImageEngine>, 'model'> {
  readonly model: ImageModel;
}

/** The way to models of pictures for every service. */
export interface ImageCalls {
  /** The providers that somebody has, those of their own keys first. */
  readonly engines: ProviderBook<ImageEngine>['engines'];
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

/** What a key opens here; null where its provider makes no pictures. */
function imageAccessOf({ access }: OwnAccess): ImageAccess | null {
  const kind = imageKinds.find((known) => known === access.kind);
  if (kind === undefined) return null;
  const { id, name, apiKey, baseUrl } = access;
  return { kind, id, name, apiKey, baseUrl, defaultModel: null };
}

/** Creates it. */
export function createImageCalls({ load, defaultModel, ownEngines, timers, guardedFetch }: ImageCallDependencies): ImageCalls {
  const open = (own: OwnAccess): Promise<ImageEngine> | null => {
    const access = imageAccessOf(own);
    // A picture in JSON is larger than what people's endpoints answer chats with.
    const fetch = access?.baseUrl === null ? own.surroundings.fetch : guardedFetch;
    return access === null ? null : createImageEngine(access, { fetch, fetchResult: guardedFetch, timers });
  };
  const book = createProviderBook<ImageEngine>({ load, open, ownEngines, defaultName: defaultModel, what: 'pictures' });
  return {
    isTool: defaultModel !== null,
    engines: book.engines,
    resolve: async (userId, name) => {
      const chosen = await book.resolve(userId, name);
      return { ...chosen, model: imageModelOf(chosen.engine, chosen.model) };
    },
  };
}
