import { LRUCache } from 'lru-cache';
import type { Embedder } from '../../base/embedder.ts';
import { AppError, badInput } from '../../base/errors.ts';
import { createEmbedder } from '../../engines/embedding/create-embedder.ts';
import type { Metering } from '../usage/metering.ts';
import { namesWorkspace } from '../provider-key/provider-key-row.ts';
import { createMeteredEmbedder, type KnowledgeCall } from './metered-embedder.ts';
import type { ProviderAccesses } from './provider-accesses.ts';

/** The models that make vectors. */
export interface Embedders {
  /**
   * The embedder that a name means for the owner of a base: with their own key where they have one for the provider, or with that of a workspace of theirs where
   * the name says so, else with the installation's. What it is asked is counted; the embedded model costs nobody anything, and is not.
   *
   * @param name `provider:model`
   * @throws AppError ENGINE_UNKNOWN, naming the providers that there are; ENGINE_BAD_KEY for such a key that cannot be read any more
   */
  of(call: KnowledgeCall, name: string): Promise<Embedder>;
  /** Whether somebody may ask the model of a base of another owner: not with that person's own key, and with that of a workspace as its members do. */
  isOpenTo(askerId: string, ownerId: string, name: string): Promise<boolean>;
}

/** What it stands on. */
export interface EmbedderDependencies {
  /** The one that needs no key. */
  readonly embedded: Embedder;
  readonly accesses: ProviderAccesses;
  readonly metering: Pick<Metering, 'openReading'>;
}

const mostEmbedders = 500;
const longestName = 200;

/** Makes them; none is made before it is asked for. */
export function createEmbedders({ embedded, accesses, metering }: EmbedderDependencies): Embedders {
  const made = new LRUCache<string, Promise<Embedder>>({ max: mostEmbedders });

  const remembered = (key: string, make: () => Promise<Embedder>): Promise<Embedder> => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const making = make();
    made.set(key, making);
    making.catch(() => made.delete(key));
    return making;
  };

  return {
    isOpenTo: async (askerId, ownerId, name) => {
      const provider = name.slice(0, Math.max(0, name.indexOf(':')));
      const isShared = namesWorkspace(name);
      const found = await accesses.find(isShared ? askerId : ownerId, provider).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'ENGINE_BAD_KEY') return { isOwnKey: true };
        throw error;
      });
      return isShared ? found !== null : found?.isOwnKey !== true;
    },
    async of(call, name) {
      if (name === embedded.name) return embedded;
      const colon = name.indexOf(':');
      const provider = name.slice(0, Math.max(0, colon));
      const model = name.slice(colon + 1);
      if (provider === '' || model === '' || name.length > longestName)
        throw badInput(['input', 'embeddingModel'], `"${name.slice(0, 60)}" names no embedding model; write "provider:model", for example "${embedded.name}".`);
      // What a member asks for with the key of a workspace is that member's, whoever owns the base.
      const own = namesWorkspace(name) ? await accesses.find(call.askerId, provider) : null;
      const found = own ?? (await accesses.find(call.ownerId, provider));
      if (found === null) {
        const known = ['embedded', ...accesses.configured].join(', ');
        throw new AppError(
          'ENGINE_UNKNOWN',
          `No such provider of embedding models: "${provider.slice(0, 60)}" (available: ${known}). "${embedded.name}" needs no key; others are added with "saveProviderKey".`,
        );
      }
      const { access, surroundings, isOwnKey, workspaceId, version } = found;
      const embedder = await remembered(`${version} ${model}`, () => createEmbedder(access, model, surroundings));
      return createMeteredEmbedder({ embedder, isOwnKey, workspaceId }, own === null ? call : { ...call, ownerId: call.askerId }, metering);
    },
  };
}
