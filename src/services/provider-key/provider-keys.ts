import { isIP } from 'node:net';
import type { Pool } from 'pg';
import { Prisma, type PrismaClient } from '../../../prisma/generated/client.ts';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import { covers } from '../../auth/scopes.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import { RefusedAddressError, type OutsideAddresses } from '../../engines/outside-address.ts';
import type { Audit } from '../audit.ts';
import { keysetSql } from '../keyset.ts';
import { parseKeyInput, type ProviderKeyInput } from './key-input.ts';
import { engineKinds, type EngineKind } from '../../engines/create-engine.ts';
import { kindFacts } from './kinds.ts';
import type { OwnEngines } from './own-engines.ts';
import { placeOf, type ProviderKeyRow } from './provider-key-row.ts';

/** A key as its owner sees it in the list. The key itself is not in it. */
export type ListedProviderKey = Omit<ProviderKeyRow, 'sealedKey' | 'userId' | 'workspaceId'>;

/** People's own keys of model providers. */
export type ProviderKeys = ReturnType<typeof createProviderKeys>;

/** What the service needs. */
export interface ProviderKeyDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly audit: Audit;
  readonly sealed: SealedTexts;
  readonly addresses: OutsideAddresses;
  readonly ownEngines: Pick<OwnEngines, 'forget'>;
  /** How many one person may have. */
  readonly maxPerUser: number;
}

const columns = `k.id, k.provider, k.kind, k.last_four AS "lastFour", k.base_url AS "baseUrl", k.models,
  k.created_at AS "createdAt", k.updated_at AS "updatedAt", k.last_used_at AS "lastUsedAt"`;
const select = {
  id: true,
  provider: true,
  kind: true,
  lastFour: true,
  baseUrl: true,
  models: true,
  createdAt: true,
  updatedAt: true,
  lastUsedAt: true,
} as const;

/** By which its owner recognises a key; of a short one four characters would be too many. */
const lastFourOf = (key: string): string => (key.length < 12 ? '' : key.slice(-4));

/** Creates the service. */
export function createProviderKeys(dependencies: ProviderKeyDependencies) {
  const { prisma, pool, clock, newId, audit, sealed, addresses, ownEngines, maxPerUser } = dependencies;

  /** Where the address leads to is looked up now, to say so to whoever types it, and again at every connection. */
  const checkAddress = async (baseUrl: string | null): Promise<void> => {
    if (baseUrl === null) return;
    const url = new URL(baseUrl);
    const unfound = `"${url.hostname}" cannot be found; check the name`;
    const found = (): Promise<string | null> =>
      addresses.resolve(url.hostname).then(
        () => null,
        (error: unknown) => (error instanceof RefusedAddressError ? error.message : unfound),
      );
    const problem = addresses.problemOf(url) ?? (isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? await found() : null);
    if (problem !== null) throw badInput(['input', 'baseUrl'], problem);
  };

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, ListedProviderKey>> => {
    const known = requireViewer(viewer);
    // An API key whose scopes do not name them must not reach them through `node` either.
    if ('apiKeyId' in known && !covers(known.scopes, 'Query.providerKeys')) return new Map();
    const { rows } = await pool.query<ListedProviderKey>(`SELECT ${columns} FROM provider_keys k WHERE k.id = ANY($1::uuid[]) AND k.user_id = $2`, [
      ids,
      known.userId,
    ]);
    return new Map(rows.map((row) => [row.id, row]));
  };

  return {
    byIds,

    /** What an endpoint speaks. */
    kindOf: ({ kind }: Pick<ListedProviderKey, 'kind'>): EngineKind => engineKinds.find((known) => known === kind) ?? 'openai-compatible',

    /** The viewer's keys, newest first. */
    async list(viewer: Viewer | null, page: Page): Promise<readonly ListedProviderKey[]> {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'k.created_at', 'k.id', 2);
      const { rows } = await pool.query<ListedProviderKey>(`SELECT ${columns} FROM provider_keys k WHERE k.user_id = $1${keyset.where} ${keyset.limit}`, [
        userId,
        ...keyset.values,
      ]);
      return rows;
    },

    /**
     * Saves a key for a provider, in place of the one that there was. Where none is given that one stays, but only for the same address:
     * whoever has somebody's login for a moment must not have their key sent elsewhere.
     *
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT, also for an address that people's endpoints may not have; CONFLICT when the viewer
     *   has as many as are allowed
     */
    async save(viewer: Viewer | null, input: ProviderKeyInput, device: DeviceFacts): Promise<ListedProviderKey> {
      const { userId } = requireViewer(viewer);
      const { provider, kind, apiKey, baseUrl, models } = parseKeyInput(input);
      await checkAddress(baseUrl);
      // An endpoint that needs no key has an empty one.
      const sealedKey = await sealed.seal(apiKey ?? '', placeOf({ userId, workspaceId: null, provider }));
      const saved = await prisma.$transaction(async (transaction) => {
        // Two at once would both find the last place free.
        await transaction.$queryRaw(Prisma.sql`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
        const known = await transaction.providerKey.findUnique({ where: { userId_provider: { userId, provider } } });
        if (known === null && (await transaction.providerKey.count({ where: { userId } })) >= maxPerUser) {
          throw new AppError('CONFLICT', `You have ${maxPerUser} keys, as many as are allowed; remove one that you do not need with "deleteProviderKey".`);
        }
        const isSamePlace = known !== null && known.kind === kind && known.baseUrl === baseUrl;
        const stays = apiKey === undefined && isSamePlace;
        if (apiKey == null && !stays && kindFacts[kind].needsKey) {
          throw badInput(['input', 'apiKey'], 'the key must be given; it only stays where kind and address stay');
        }
        const now = clock.now();
        // Engines are kept by this moment, so it moves with every change.
        const updatedAt = known !== null && known.updatedAt >= now ? new Date(known.updatedAt.getTime() + 1) : now;
        const secret = { sealedKey, lastFour: lastFourOf(apiKey ?? ''), lastUsedAt: null };
        const changed = { kind, baseUrl, models: [...models], updatedAt };
        const row = await transaction.providerKey.upsert({
          where: { userId_provider: { userId, provider } },
          create: { id: newId(), userId, provider, createdAt: now, ...changed, ...secret },
          update: stays ? changed : { ...changed, ...secret },
          select,
        });
        await audit.record(transaction, { kind: 'PROVIDER_KEY_SAVED', actorId: userId, device, data: { providerKeyId: row.id, provider, kind } });
        return row;
      });
      ownEngines.forget(userId);
      return saved;
    },

    /**
     * Removes a key. Runs that are being answered with it go on to their end.
     *
     * @returns its id
     * @throws AppError UNAUTHENTICATED; NOT_FOUND
     */
    async delete(viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> {
      const { userId } = requireViewer(viewer);
      await prisma.$transaction(async (transaction) => {
        const [row] = await transaction.$queryRaw<{ readonly provider: string }[]>(
          Prisma.sql`DELETE FROM provider_keys WHERE id = ${id}::uuid AND user_id = ${userId}::uuid RETURNING provider`,
        );
        if (row === undefined) throw notFound('ProviderKey');
        await audit.record(transaction, { kind: 'PROVIDER_KEY_DELETED', actorId: userId, device, data: { providerKeyId: id, provider: row.provider } });
      });
      ownEngines.forget(userId);
      return id;
    },
  };
}
