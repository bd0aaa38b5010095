import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { createEngine, EngineAccess, EngineSurroundings } from '../../engines/create-engine.ts';
import type { Engine } from '../../engines/engine.ts';
import { createRemembered } from '../remembered.ts';
import { kindOf } from './kinds.ts';
import { brokenEngine, nameOf, ownedEngine } from './own-engine.ts';
import { placeOf, providerIdOf, providerKeyColumns, wordsOf, type ProviderKeyRow, type UsableKeyRow } from './provider-key-row.ts';

/** An engine that answers with a person's own key, or with one of a workspace that they are in. */
export interface OwnEngine {
  readonly engine: Engine;
  /** The workspace whose key it is; null for a key of their own. */
  readonly workspaceId: string | null;
  /** Another one after every change of the key. */
  readonly version: string;
}

/** A key that a person may use, opened, for what is no engine of chats. */
export interface OwnAccess {
  readonly access: EngineAccess;
  /** By which requests with it are sent: past the guard where the person gave an address. */
  readonly surroundings: EngineSurroundings;
  /** The workspace whose key it is; null for a key of their own. */
  readonly workspaceId: string | null;
  /** Another one after every change of the key. */
  readonly version: string;
  /** Notes the use of the key. */
  use(): void;
}

/**
 * The engines of people's own keys, of each for their owner alone, and of the keys of workspaces, for their members. A person's own come first, by the age of
 * the keys; then those of their workspaces, by when they joined.
 */
export interface OwnEngines {
  /** The keys that a person may use and that can be read; as of at most a second ago. */
  accessesOf(userId: string): Promise<readonly OwnAccess[]>;
  /** Those that a person may use; as of at most a second ago. */
  of(userId: string): Promise<readonly OwnEngine[]>;
  /** Forgets what a person has, after a change of their keys, or of the workspaces that they are in. */
  forget(userId: string): void;
}

/** What they are made with. */
export interface OwnEngineDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sealed: SealedTexts;
  readonly create: typeof createEngine;
  /** For providers' own addresses, and for addresses that people give. */
  readonly surroundings: { readonly known: EngineSurroundings; readonly given: EngineSurroundings };
}

/** A removed key must be dead, and a member who is removed without it, within a second on every node; what is remembered may be this old, and a statement takes its time too. */
const rememberedMs = 500;
/** An engine keeps its list of models for a day, and its key in memory. */
const mostEngines = 1_000;
const dayMs = 86_400_000;
const minuteMs = 60_000;

const listStatement = `
  SELECT ${providerKeyColumns}, NULL::text AS handle, NULL::text AS "workspaceName", NULL::timestamptz AS "joinedAt" FROM provider_keys k WHERE k.user_id = $1
  UNION ALL
  SELECT ${providerKeyColumns}, w.handle, w.name, m.joined_at
  FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id JOIN provider_keys k ON k.workspace_id = m.workspace_id AND m.user_id = $1
  ORDER BY "joinedAt" NULLS FIRST, "workspaceId", "createdAt", id`;
const touchStatement = 'UPDATE provider_keys SET last_used_at = $2 WHERE id = $1';

/**
 * Seals a key anew that was sealed by a secret of before. Not when it has changed meanwhile.
 *
 * @returns whether it was
 */
export async function resealKey({ pool, sealed }: Pick<OwnEngineDependencies, 'pool' | 'sealed'>, row: ProviderKeyRow, text: string): Promise<boolean> {
  const sealedKey = await sealed.seal(text, placeOf(row));
  const { rowCount } = await pool.query('UPDATE provider_keys SET sealed_key = $3 WHERE id = $1 AND sealed_key = $2', [row.id, row.sealedKey, sealedKey]);
  return rowCount === 1;
}

/** With the names of its workspace, which are in those of the engine. */
const versionOf = ({ id, updatedAt, handle, workspaceName }: UsableKeyRow): string =>
  `${id} ${updatedAt.getTime()}${handle === null ? '' : ` ${handle} ${workspaceName}`}`;

/** Creates them; none is made before it is asked for. */
export function createOwnEngines(dependencies: OwnEngineDependencies): OwnEngines {
  const { pool, clock, logger, sealed, create, surroundings } = dependencies;
  const rows = createRemembered<readonly UsableKeyRow[]>({ clock, forMs: rememberedMs });
  const engines = new LRUCache<string, Promise<Engine>>({ max: mostEngines, ttl: dayMs });

  /** Notes the use of a key, to the minute. It is a courtesy, which no answer waits for. */
  const createTouch = (row: ProviderKeyRow): (() => void) => {
    let touchedAt = row.lastUsedAt;
    return () => {
      const now = clock.now();
      if (touchedAt !== null && later(touchedAt, minuteMs) > now) return;
      touchedAt = now;
      pool
        .query({ name: 'touch-provider-key', text: touchStatement, values: [row.id, now] })
        .catch((error: unknown) => logger.warn({ err: error, providerKeyId: row.id }, 'the use of a key could not be noted'));
    };
  };

  const surroundingsOf = (row: ProviderKeyRow): EngineSurroundings => (row.baseUrl === null ? surroundings.known : surroundings.given);

  const accessOf = async (row: UsableKeyRow): Promise<OwnAccess | null> => {
    const { baseUrl, models, workspaceId } = row;
    const opened = await sealed.open(row.sealedKey, placeOf(row));
    const kind = kindOf(row.kind);
    if (opened === null || kind === null) return null;
    const access = { kind, id: providerIdOf(row), name: nameOf(row, kind), apiKey: opened.text === '' ? null : opened.text, baseUrl, models };
    return { access, surroundings: surroundingsOf(row), workspaceId, version: versionOf(row), use: createTouch(row) };
  };

  const open = async (row: UsableKeyRow): Promise<Engine> => {
    const { baseUrl, models } = row;
    const opened = await sealed.open(row.sealedKey, placeOf(row));
    const kind = kindOf(row.kind);
    if (opened === null || kind === null) {
      const { key, again } = wordsOf(row);
      return brokenEngine(row, `${key} cannot be read any more, because the secret of this server has changed. ${again}`);
    }
    if (!opened.isCurrent) {
      const warn = (error: unknown): void => logger.warn({ err: error, providerKeyId: row.id }, 'a key could not be sealed anew; house-keeping tries again');
      await resealKey(dependencies, row, opened.text).catch(warn);
    }
    const name = row.handle === null ? row.provider : nameOf(row, kind);
    const access = { kind, id: providerIdOf(row), name, apiKey: opened.text === '' ? null : opened.text, baseUrl, models };
    return ownedEngine(await create(access, surroundingsOf(row)), kind, row, createTouch(row));
  };

  /** One engine that cannot be made must not take the others of its owner with it. */
  const openOrSayWhy = (row: UsableKeyRow): Promise<Engine> =>
    open(row).catch((error: unknown) => {
      logger.error({ err: error, providerKeyId: row.id }, 'an engine could not be made');
      const { endpoint, again } = wordsOf(row);
      return brokenEngine(row, `${endpoint} cannot be used as it was saved. ${again}`);
    });

  const engineOf = async (row: UsableKeyRow): Promise<OwnEngine> => {
    const version = versionOf(row);
    const opening = engines.get(version) ?? openOrSayWhy(row);
    engines.set(version, opening);
    return { engine: await opening, workspaceId: row.workspaceId, version };
  };

  const rowsOf = (userId: string): Promise<readonly UsableKeyRow[]> =>
    rows.find(userId, async () => (await pool.query<UsableKeyRow>({ name: 'provider-keys-of-user', text: listStatement, values: [userId] })).rows);

  return {
    of: async (userId) => Promise.all((await rowsOf(userId)).map(engineOf)),
    accessesOf: async (userId) => (await Promise.all((await rowsOf(userId)).map(accessOf))).filter((access) => access !== null),
    forget: (userId) => rows.forget(userId),
  };
}
