import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { Embedder } from '../../base/embedder.ts';
import type { EnginesConfig } from '../../base/engine-config.ts';
import { AppError, badInput } from '../../base/errors.ts';
import type { EngineAccess } from '../../engines/create-engine.ts';
import { createEmbedder, type EmbedderSurroundings } from '../../engines/embedding/create-embedder.ts';
import { kindOf } from '../provider-key/kinds.ts';
import { placeOf, providerIdOf, providerKeyColumns, wordsOf, type UsableKeyRow } from '../provider-key/provider-key-row.ts';

/** The models that make vectors. */
export interface Embedders {
  /**
   * The embedder that a name means for somebody: with their own key where they have one for the provider, or with that of a workspace of theirs where the name
   * says so, else with the installation's.
   *
   * @param name `provider:model`
   * @throws AppError ENGINE_UNKNOWN, naming the providers that there are; ENGINE_BAD_KEY for such a key that cannot be read any more
   */
  of(userId: string, name: string): Promise<Embedder>;
}

/** What it stands on. */
export interface EmbedderDependencies {
  readonly pool: Pool;
  readonly sealed: SealedTexts;
  /** The one that needs no key. */
  readonly embedded: Embedder;
  readonly configured: readonly EngineAccess[];
  /** For the addresses of the configuration and of providers, and for those that people give. */
  readonly surroundings: { readonly known: EmbedderSurroundings; readonly given: EmbedderSurroundings };
}

/** The slash is in the names of workspaces' providers alone. */
const ownKey = `
  SELECT ${providerKeyColumns}, NULL AS handle, NULL AS "workspaceName" FROM provider_keys k WHERE k.user_id = $1 AND k.provider = $2
  UNION ALL
  SELECT ${providerKeyColumns}, w.handle, w.name FROM workspaces w JOIN provider_keys k ON k.workspace_id = w.id AND k.provider = split_part($2, '/', 2)
  WHERE w.handle = split_part($2, '/', 1) AND split_part($2, '/', 3) = ''
    AND EXISTS (SELECT 1 FROM workspace_members m WHERE m.workspace_id = w.id AND m.user_id = $1)`;
const mostEmbedders = 500;
const longestName = 200;

/** The accesses of a configuration to providers that make vectors. */
export function embeddingAccesses({ openai, gemini, ollama, compatible }: EnginesConfig): readonly EngineAccess[] {
  return [
    ...(openai === null ? [] : [{ ...openai, kind: 'openai', id: 'openai', name: 'OpenAI', models: [] } as const]),
    ...(gemini === null ? [] : [{ ...gemini, kind: 'gemini', id: 'gemini', name: 'Gemini', models: [] } as const]),
    ...compatible.map((server) => ({ ...server, kind: 'openai-compatible' }) as const),
    ...(ollama === null ? [] : [{ ...ollama, kind: 'ollama', id: 'ollama', name: 'Ollama', models: [] } as const]),
  ];
}

/** Makes them; none is made before it is asked for. */
export function createEmbedders({ pool, sealed, embedded, configured, surroundings }: EmbedderDependencies): Embedders {
  const made = new LRUCache<string, Promise<Embedder>>({ max: mostEmbedders });

  const remembered = (key: string, make: () => Promise<Embedder>): Promise<Embedder> => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const making = make();
    made.set(key, making);
    making.catch(() => made.delete(key));
    return making;
  };

  async function own(row: UsableKeyRow, model: string): Promise<Embedder> {
    const { baseUrl, models } = row;
    const id = providerIdOf(row);
    const opened = await sealed.open(row.sealedKey, placeOf(row));
    const kind = kindOf(row.kind);
    if (opened === null || kind === null) {
      const { key, again } = wordsOf(row);
      throw new AppError('ENGINE_BAD_KEY', `${key} cannot be read any more, because the secret of this server has changed. ${again}`);
    }
    const access = { kind, id, name: id, apiKey: opened.text === '' ? null : opened.text, baseUrl, models };
    return createEmbedder(access, model, baseUrl === null ? surroundings.known : surroundings.given);
  }

  const keyOf = async (userId: string, provider: string): Promise<UsableKeyRow | undefined> =>
    (await pool.query<UsableKeyRow>(ownKey, [userId, provider])).rows[0];

  return {
    async of(userId, name) {
      if (name === embedded.name) return embedded;
      const colon = name.indexOf(':');
      const provider = name.slice(0, Math.max(0, colon));
      const model = name.slice(colon + 1);
      if (provider === '' || model === '' || name.length > longestName)
        throw badInput(['input', 'embeddingModel'], `"${name.slice(0, 60)}" names no embedding model; write "provider:model", for example "${embedded.name}".`);
      const row = await keyOf(userId, provider);
      if (row !== undefined) return remembered(`${row.id} ${row.updatedAt.getTime()} ${provider} ${model}`, () => own(row, model));
      const access = configured.find(({ id }) => id === provider);
      if (access === undefined) {
        const known = ['embedded', ...configured.map(({ id }) => id)].join(', ');
        throw new AppError(
          'ENGINE_UNKNOWN',
          `No such provider of embedding models: "${provider.slice(0, 60)}" (available: ${known}). "${embedded.name}" needs no key; others are added with "saveProviderKey".`,
        );
      }
      return remembered(name, () => createEmbedder(access, model, surroundings.known));
    },
  };
}
