import { LRUCache } from 'lru-cache';
import { AppError } from '../../base/errors.ts';
import type { OwnAccess, OwnEngines } from './own-engines.ts';

/** What providers of every kind have. */
interface Provider {
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  readonly defaultModel: string;
}

/** A provider and a model that were asked for by name. */
export interface ChosenProvider<Kind> {
  readonly engine: Kind;
  /** Without the provider. */
  readonly model: string;
  /** `provider:model`. */
  readonly name: string;
  /** Whether it answers by a key of the person's own, or of a workspace. */
  readonly isOwnKey: boolean;
  /** The workspace whose key it is; null for none's. */
  readonly workspaceId: string | null;
  /** Notes that it is used. */
  use(): void;
}

/** A provider that somebody has, and whose key it answers by: as of `ChosenProvider`. */
type OwnedProvider<Kind> = Pick<ChosenProvider<Kind>, 'engine' | 'isOwnKey' | 'workspaceId'>;

/** The providers of one kind of thing: those of the configuration, and those of people's own keys and of their workspaces, which come first. */
export interface ProviderBook<Kind> {
  /** Those that somebody has. */
  engines(userId: string): Promise<readonly OwnedProvider<Kind>[]>;
  /**
   * Which one a name means for somebody.
   *
   * @param name `provider:model`, a provider for its default model, or null for the default
   * @throws AppError ENGINE_UNKNOWN, naming those that there are
   */
  resolve(userId: string, name: string | null): Promise<ChosenProvider<Kind>>;
}

/** What it stands on. */
export interface ProviderBookDependencies<Kind> {
  /** Makes those of the configuration, best first; called when they are first wanted. */
  readonly load: () => Promise<readonly Kind[]>;
  /** What a key opens; null where its provider does nothing of the kind. */
  readonly open: (own: OwnAccess) => Promise<Kind> | null;
  readonly ownEngines: Pick<OwnEngines, 'accessesOf'>;
  /** `provider:model` or a provider; null for the first there is. */
  readonly defaultName: string | null;
  /** What they do, for messages: `pictures`. */
  readonly what: string;
}

/** Names go into paths: no part of one may lead out of them. */
const modelName = /^[A-Za-z0-9][\w.:-]*(\/[A-Za-z0-9][\w.-]*){0,5}$/;
const mostEngines = 200;

/** Creates one. */
export function createProviderBook<Kind extends Provider>(deps: ProviderBookDependencies<Kind>): ProviderBook<Kind> {
  const made = new LRUCache<string, Promise<Kind>>({ max: mostEngines });
  let loading: Promise<readonly Kind[]> | null = null;
  const configured = (): Promise<readonly Kind[]> => {
    loading ??= deps.load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };

  const ownOf = async (userId: string): Promise<readonly Pick<ChosenProvider<Kind>, 'engine' | 'workspaceId' | 'use'>[]> => {
    const own = (await deps.ownEngines.accessesOf(userId)).map(async (access) => {
      const opening = made.get(access.version) ?? deps.open(access);
      if (opening === null) return null;
      made.set(access.version, opening);
      return { engine: await opening, workspaceId: access.workspaceId, use: () => access.use() };
    });
    return (await Promise.all(own)).filter((engine) => engine !== null);
  };

  const unknown = (name: string, available: readonly string[]): AppError =>
    new AppError(
      'ENGINE_UNKNOWN',
      `${name === '' ? `There is no provider of ${deps.what}.` : `No such provider of ${deps.what}: "${name.slice(0, 100)}" (available: ${available.length === 0 ? 'none' : available.join(', ')}).`} A provider is added by its key in the configuration, or by a key of your own with "saveProviderKey".`,
    );

  return {
    engines: async (userId) => {
      const own = (await ownOf(userId)).map(({ engine, workspaceId }) => ({ engine, isOwnKey: true, workspaceId }));
      const others = (await configured()).filter(({ id }) => !own.some(({ engine }) => engine.id === id));
      return [...own, ...others.map((engine) => ({ engine, isOwnKey: false, workspaceId: null }))];
    },

    resolve: async (userId, name) => {
      const [own, engines] = await Promise.all([ownOf(userId), configured()]);
      const available = [...new Set([...own.map(({ engine }) => engine.id), ...engines.map(({ id }) => id)])];
      // A workspace pays for what is named, and for nothing else.
      const wanted = name ?? deps.defaultName ?? engines[0]?.id ?? own.find(({ workspaceId }) => workspaceId === null)?.engine.id;
      if (wanted === undefined) throw unknown('', available);
      const colon = wanted.indexOf(':');
      const provider = colon === -1 ? wanted : wanted.slice(0, colon);
      const mine = own.find(({ engine }) => engine.id === provider);
      const engine = mine?.engine ?? engines.find(({ id }) => id === provider);
      if (engine === undefined) throw unknown(provider, available);
      const model = colon === -1 ? engine.defaultModel : wanted.slice(colon + 1);
      if (!modelName.test(model)) throw new AppError('ENGINE_UNKNOWN', `"${wanted.slice(0, 100)}" names no model of ${deps.what}.`);
      const { workspaceId = null, use = () => {} } = mine ?? {};
      return { engine, model, name: `${provider}:${model}`, isOwnKey: mine !== undefined, workspaceId, use };
    },
  };
}
