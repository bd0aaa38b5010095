import type { Pool } from 'pg';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { EnginesConfig } from '../../base/engine-config.ts';
import { AppError } from '../../base/errors.ts';
import type { EngineAccess } from '../../engines/create-engine.ts';
import type { JsonCallSurroundings } from '../../engines/json-call.ts';
import { kindOf } from '../provider-key/kinds.ts';
import { placeOf, providerIdOf, providerKeyColumns, wordsOf, type UsableKeyRow } from '../provider-key/provider-key-row.ts';

/** An access to a provider, of somebody's own or of the installation. */
export interface FoundAccess {
  readonly access: EngineAccess;
  readonly surroundings: JsonCallSurroundings;
  /** Whether the installation does not pay: it is with a key of somebody's own, or of a workspace. */
  readonly isOwnKey: boolean;
  /** Whose key it is; null for a person's own, and the installation's. */
  readonly workspaceId: string | null;
  /** Another one after every change of the key. */
  readonly version: string;
}

/** The accesses to providers for what is no chat. */
export interface ProviderAccesses {
  /**
   * Somebody's own access to a provider where they have one, or that of a workspace of theirs where the name says so, else that of the installation; null where
   * there is none.
   *
   * @param provider the part before the colon of `provider:model`
   *
   * @throws AppError ENGINE_BAD_KEY for an own key that cannot be read any more
   */
  find(userId: string, provider: string): Promise<FoundAccess | null>;
  /** The providers of the installation. */
  readonly configured: readonly string[];
}

/** The slash is in the names of workspaces' providers alone. */
const ownKey = `
  SELECT ${providerKeyColumns}, NULL AS handle, NULL AS "workspaceName" FROM provider_keys k WHERE k.user_id = $1 AND k.provider = $2
  UNION ALL
  SELECT ${providerKeyColumns}, w.handle, w.name FROM workspaces w JOIN provider_keys k ON k.workspace_id = w.id AND k.provider = split_part($2, '/', 2)
  WHERE w.handle = split_part($2, '/', 1) AND split_part($2, '/', 3) = ''
    AND EXISTS (SELECT 1 FROM workspace_members m WHERE m.workspace_id = w.id AND m.user_id = $1)`;

/** The accesses of a configuration to providers that make vectors. */
export function embeddingAccesses({ openai, gemini, ollama, compatible }: EnginesConfig): readonly EngineAccess[] {
  return [
    ...(openai === null ? [] : [{ ...openai, kind: 'openai', id: 'openai', name: 'OpenAI', models: [] } as const]),
    ...(gemini === null ? [] : [{ ...gemini, kind: 'gemini', id: 'gemini', name: 'Gemini', models: [] } as const]),
    ...compatible.map((server) => ({ ...server, kind: 'openai-compatible' }) as const),
    ...(ollama === null ? [] : [{ ...ollama, kind: 'ollama', id: 'ollama', name: 'Ollama', models: [] } as const]),
  ];
}

/**
 * Finds them.
 *
 * @param deps.surroundings for the addresses of the configuration and of providers, and for those that people give
 */
export function createProviderAccesses(deps: {
  readonly pool: Pool;
  readonly sealed: SealedTexts;
  readonly configured: readonly EngineAccess[];
  readonly surroundings: { readonly known: JsonCallSurroundings; readonly given: JsonCallSurroundings };
}): ProviderAccesses {
  const { pool, sealed, configured, surroundings } = deps;

  async function opened(row: UsableKeyRow): Promise<FoundAccess> {
    const { baseUrl, models, workspaceId } = row;
    const id = providerIdOf(row);
    const key = await sealed.open(row.sealedKey, placeOf(row));
    const kind = kindOf(row.kind);
    if (key === null || kind === null) {
      const words = wordsOf(row);
      throw new AppError('ENGINE_BAD_KEY', `${words.key} cannot be read any more, because the secret of this server has changed. ${words.again}`);
    }
    const access = { kind, id, name: id, apiKey: key.text === '' ? null : key.text, baseUrl, models };
    const version = `${row.id} ${row.updatedAt.getTime()} ${id}`;
    return { access, surroundings: baseUrl === null ? surroundings.known : surroundings.given, isOwnKey: true, workspaceId, version };
  }

  return {
    configured: configured.map(({ id }) => id),
    async find(userId, provider) {
      const { rows } = await pool.query<UsableKeyRow>(ownKey, [userId, provider]);
      const [row] = rows;
      if (row !== undefined) return opened(row);
      const access = configured.find(({ id }) => id === provider);
      return access === undefined ? null : { access, surroundings: surroundings.known, isOwnKey: false, workspaceId: null, version: provider };
    },
  };
}
