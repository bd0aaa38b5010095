import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { createEngine, EngineAccess, EngineSurroundings } from '../../engines/create-engine.ts';
import type { Engine } from '../../engines/engine.ts';
import { createRemembered } from '../remembered.ts';
import { kindFacts, kindOf } from './kinds.ts';
import { brokenEngine, ownedEngine } from './own-engine.ts';
import { placeOf, providerKeyColumns, type ProviderKeyRow } from './provider-key-row.ts';

/** An engine that answers with a person's own key. */
export interface OwnEngine {
  readonly engine: Engine;
  /** Another one after every change of the key. */
  readonly version: string;
}

/** A key of a person, opened, for what is no engine of chats. */
export interface OwnAccess {
  readonly access: EngineAccess;
  /** By which requests with it are sent: past the guard where the person gave an address. */
  readonly surroundings: EngineSurroundings;
  /** Another one after every change of the key. */
  readonly version: string;
  /** Notes the use of the key. */
  use(): void;
}

/** The engines of people's own keys, of each for their owner alone. */
export interface OwnEngines {
  /** The keys of a person that can be read, by their age; as of at most a second ago. */
  accessesOf(userId: string): Promise<readonly OwnAccess[]>;
  /** Those of a person, by the age of their keys; as of at most a second ago. */
  of(userId: string): Promise<readonly OwnEngine[]>;
  /** Forgets what a person has, after a change. */
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

/** A removed key must be dead within a second on every node; what is remembered may be this old, and a statement takes its time too. */
const rememberedMs = 500;
/** An engine keeps its list of models for a day, and its key in memory. */
const mostEngines = 1_000;
const dayMs = 86_400_000;
const minuteMs = 60_000;

const listStatement = `SELECT ${providerKeyColumns} FROM provider_keys k WHERE k.user_id = $1 ORDER BY k.created_at, k.id`;
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

const versionOf = (row: ProviderKeyRow): string => `${row.id} ${row.updatedAt.getTime()}`;

/** Creates them; none is made before it is asked for. */
export function createOwnEngines(dependencies: OwnEngineDependencies): OwnEngines {
  const { pool, clock, logger, sealed, create, surroundings } = dependencies;
  const rows = createRemembered<readonly ProviderKeyRow[]>({ clock, forMs: rememberedMs });
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

  const accessOf = async (row: ProviderKeyRow): Promise<OwnAccess | null> => {
    const { provider: id, baseUrl, models } = row;
    const opened = await sealed.open(row.sealedKey, placeOf(row));
    const kind = kindOf(row.kind);
    if (opened === null || kind === null) return null;
    const access = { kind, id, name: kindFacts[kind].label ?? id, apiKey: opened.text === '' ? null : opened.text, baseUrl, models };
    return { access, surroundings: surroundingsOf(row), version: versionOf(row), use: createTouch(row) };
  };

  const open = async (row: ProviderKeyRow): Promise<Engine> => {
    const { provider, baseUrl, models } = row;
    const opened = await sealed.open(row.sealedKey, placeOf(row));
    const kind = kindOf(row.kind);
    if (opened === null || kind === null) {
      const message = `Your own key for "${provider}" cannot be read any more, because the secret of this server has changed. Save it again with "saveProviderKey".`;
      return brokenEngine(row, message);
    }
    if (!opened.isCurrent) {
      const warn = (error: unknown): void => logger.warn({ err: error, providerKeyId: row.id }, 'a key could not be sealed anew; house-keeping tries again');
      await resealKey(dependencies, row, opened.text).catch(warn);
    }
    const access = { kind, id: provider, name: provider, apiKey: opened.text === '' ? null : opened.text, baseUrl, models };
    return ownedEngine(await create(access, surroundingsOf(row)), kind, row, createTouch(row));
  };

  /** One engine that cannot be made must not take the others of its owner with it. */
  const openOrSayWhy = (row: ProviderKeyRow): Promise<Engine> =>
    open(row).catch((error: unknown) => {
      logger.error({ err: error, providerKeyId: row.id }, 'an engine could not be made');
      return brokenEngine(row, `Your own endpoint "${row.provider}" cannot be used as it was saved. Save it again with "saveProviderKey".`);
    });

  const engineOf = async (row: ProviderKeyRow): Promise<OwnEngine> => {
    const version = versionOf(row);
    const opening = engines.get(version) ?? openOrSayWhy(row);
    engines.set(version, opening);
    return { engine: await opening, version };
  };

  const rowsOf = (userId: string): Promise<readonly ProviderKeyRow[]> =>
    rows.find(userId, async () => (await pool.query<ProviderKeyRow>({ name: 'provider-keys-of-user', text: listStatement, values: [userId] })).rows);

  return {
    of: async (userId) => Promise.all((await rowsOf(userId)).map(engineOf)),
    accessesOf: async (userId) => (await Promise.all((await rowsOf(userId)).map(accessOf))).filter((access) => access !== null),
    forget: (userId) => rows.forget(userId),
  };
}
