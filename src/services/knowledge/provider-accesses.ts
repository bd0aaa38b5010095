import type { Pool } from 'pg';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { EnginesConfig } from '../../base/engine-config.ts';
import { AppError } from '../../base/errors.ts';
import type { EngineAccess } from '../../engines/create-engine.ts';
import type { JsonCallSurroundings } from '../../engines/json-call.ts';
import { kindOf } from '../provider-key/kinds.ts';
import { placeOf, providerKeyColumns, type ProviderKeyRow } from '../provider-key/provider-key-row.ts';

/** An access to a provider, of somebody's own or of the installation. */
export interface FoundAccess {
  readonly access: EngineAccess;
  readonly surroundings: JsonCallSurroundings;
  readonly isOwnKey: boolean;
  /** Another one after every change of the key. */
  readonly version: string;
}

/** The accesses to providers for what is no chat. */
export interface ProviderAccesses {
  /**
   * Somebody's own access to a provider where they have one, else that of the installation; null where there is neither.
   *
   * @throws AppError ENGINE_BAD_KEY for an own key that cannot be read any more
   */
  find(userId: string, provider: string): Promise<FoundAccess | null>;
  /** The providers of the installation. */
  readonly configured: readonly string[];
}

const ownKey = `SELECT ${providerKeyColumns} FROM provider_keys k WHERE k.user_id = $1 AND k.provider = $2`;

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

  async function opened(row: ProviderKeyRow): Promise<FoundAccess> {
    const { provider, baseUrl, models } = row;
    const key = await sealed.open(row.sealedKey, placeOf(row));
    const kind = kindOf(row.kind);
    if (key === null || kind === null)
      throw new AppError(
        'ENGINE_BAD_KEY',
        `Your own key for "${provider}" cannot be read any more, because the secret of this server has changed. Save it again with "saveProviderKey".`,
      );
    const access = { kind, id: provider, name: provider, apiKey: key.text === '' ? null : key.text, baseUrl, models };
    const version = `${row.id} ${row.updatedAt.getTime()}`;
    return { access, surroundings: baseUrl === null ? surroundings.known : surroundings.given, isOwnKey: true, version };
  }

  return {
    configured: configured.map(({ id }) => id),
    async find(userId, provider) {
      const { rows } = await pool.query<ProviderKeyRow>(ownKey, [userId, provider]);
      const [row] = rows;
      if (row !== undefined) return opened(row);
      const access = configured.find(({ id }) => id === provider);
      return access === undefined ? null : { access, surroundings: surroundings.known, isOwnKey: false, version: provider };
    },
  };
}
