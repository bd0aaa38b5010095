import type { Pool } from 'pg';
import { z } from 'zod';
import { Prisma, type PrismaClient } from '../../../prisma/generated/client.ts';
import type { OpaqueTokens } from '../../auth/opaque-tokens.ts';
import { covers, isShortForm } from '../../auth/scopes.ts';
import { requireViewer, type KeyViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import { parseInput } from '../../base/validate.ts';
import type { Audit } from '../audit.ts';
import { keysetSql } from '../keyset.ts';
import type { KeyStates } from './key-states.ts';

/** An API key as its owner sees it in the list. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly lastFour: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** What a key is made of. */
export interface ApiKeyInput {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt?: Date | null | undefined;
}

/** API keys: by which programs speak for people. */
export type ApiKeys = ReturnType<typeof createApiKeys>;

/** What the service needs. */
export interface ApiKeyDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly tokens: OpaqueTokens;
  readonly states: KeyStates;
  readonly audit: Audit;
  /** How many one person may have. */
  readonly maxPerUser: number;
}

const tokenShape = /^clq_k_[A-Za-z0-9_-]{43}$/;
const mostScopes = 100;
/** An expired key stays in the list for this time, so that its owner sees why a program stopped working. */
const keptAfterExpiryMs = 30 * 86_400_000;
const columns = `k.id, k.name, k.last_four AS "lastFour", k.scopes, k.created_at AS "createdAt", k.last_used_at AS "lastUsedAt", k.expires_at AS "expiresAt"`;
const select = { id: true, name: true, lastFour: true, scopes: true, createdAt: true, lastUsedAt: true, expiresAt: true } as const;
const inputShape = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'a name must not be empty; say what the key is for')
    .max(100, 'a name has at most 100 characters')
    .regex(/^\P{Cc}*$/u, 'a name must not contain control characters'),
  scopes: z.array(z.string()).min(1, 'give at least one scope, for example "read"').max(mostScopes, `a key has at most ${mostScopes} scopes`),
  expiresAt: z.date().nullish(),
});

/** Creates the service. */
export function createApiKeys({ prisma, pool, clock, newId, tokens, states, audit, maxPerUser }: ApiKeyDependencies) {
  const isAlive = (key: KeyViewer): boolean => key.expiresAt === null || key.expiresAt > clock.now();

  /** A key must not make one that can do more, or live longer, than itself. */
  function requireNoMore(viewer: Viewer, scopes: readonly string[], expiresAt: Date | null): void {
    if (!('apiKeyId' in viewer)) return;
    const excess = scopes.find((scope) => !covers(viewer.scopes, scope));
    if (excess !== undefined) throw new AppError('FORBIDDEN', `This API key lacks the scope "${excess}", so it cannot give it to another.`);
    if (viewer.expiresAt !== null && (expiresAt === null || expiresAt > viewer.expiresAt)) {
      throw new AppError('FORBIDDEN', `This API key expires at ${viewer.expiresAt.toISOString()}, so it cannot make one that lives longer.`);
    }
  }

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, ApiKey>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await pool.query<ApiKey>(`SELECT ${columns} FROM api_keys k WHERE k.id = ANY($1::uuid[]) AND k.user_id = $2`, [ids, userId]);
    return new Map(rows.map((key) => [key.id, key]));
  };

  return {
    byIds,

    /** Whether a token looks like an API key. */
    accepts: (token: string): boolean => token.startsWith('clq_k_'),

    /**
     * Whom a key speaks for, as of at most a moment ago.
     *
     * @throws AppError UNAUTHENTICATED when there is no such key, or it has expired
     */
    async authenticate(token: string): Promise<KeyViewer> {
      const key = tokenShape.test(token) ? await states.byHash(tokens.hashOf(token)) : null;
      if (key === null) throw new AppError('UNAUTHENTICATED', 'The API key is not valid: it was revoked, or never was. Make another with "createApiKey".');
      if (!isAlive(key)) {
        throw new AppError('UNAUTHENTICATED', `The API key expired at ${key.expiresAt?.toISOString() ?? ''}; make another with "createApiKey".`);
      }
      return key;
    },

    /** The viewer of a key as of now; null when it was revoked or has expired. */
    async findViewer({ apiKeyId }: KeyViewer): Promise<KeyViewer | null> {
      const key = await states.byId(apiKeyId);
      return key !== null && isAlive(key) ? key : null;
    },

    /** Whether a key may keep its sockets and streams open. Not from memory. */
    isActive: ({ apiKeyId }: KeyViewer): Promise<boolean> => states.isActive(apiKeyId),

    /**
     * Makes a key.
     *
     * @param rootFields the fields that scopes can name, such as `Query.conversations`
     * @returns the key, and its token: to be shown once, for only a hash is kept
     * @throws AppError UNAUTHENTICATED; BAD_USER_INPUT; CONFLICT when the viewer has as many as are allowed; FORBIDDEN when the viewer is
     *   a key that would make one that can do more than itself
     */
    async create(viewer: Viewer | null, input: ApiKeyInput, rootFields: ReadonlySet<string>, device: DeviceFacts): Promise<{ apiKey: ApiKey; token: string }> {
      const known = requireViewer(viewer);
      const { name, scopes: given, expiresAt = null } = parseInput(inputShape, input);
      const scopes = [...new Set(given)];
      const unknown = scopes.find((scope) => !isShortForm(scope) && !rootFields.has(scope));
      if (unknown !== undefined) {
        const message = `"${unknown.slice(0, 80)}" is no scope; use a root field such as "Query.conversations", or "read", "write", "*", "uploads", "planning:read", "planning:write"`;
        throw badInput(['input', 'scopes'], message);
      }
      const now = clock.now();
      if (expiresAt !== null && expiresAt <= now) throw badInput(['input', 'expiresAt'], `${expiresAt.toISOString()} is past; give a moment to come, or none`);
      requireNoMore(known, scopes, expiresAt);
      const { token, hash } = tokens.make();
      const apiKey = await prisma.$transaction(async (transaction) => {
        // Two at once would both find the last place free.
        await transaction.$queryRaw(Prisma.sql`SELECT id FROM users WHERE id = ${known.userId}::uuid FOR NO KEY UPDATE`);
        if ((await transaction.apiKey.count({ where: { userId: known.userId } })) >= maxPerUser) {
          throw new AppError('CONFLICT', `You have ${maxPerUser} API keys, as many as are allowed; revoke one that you do not need with "revokeApiKey".`);
        }
        const data = { id: newId(), userId: known.userId, name, tokenHash: hash, lastFour: token.slice(-4), scopes, createdAt: now, expiresAt };
        const created = await transaction.apiKey.create({ data, select });
        await audit.record(transaction, { kind: 'API_KEY_CREATED', actorId: known.userId, device, data: { apiKeyId: created.id, scopes } });
        return created;
      });
      return { apiKey, token };
    },

    /** The viewer's keys, newest first, also those that have expired lately. */
    async list(viewer: Viewer | null, page: Page): Promise<readonly ApiKey[]> {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'k.created_at', 'k.id', 2);
      const { rows } = await pool.query<ApiKey>(`SELECT ${columns} FROM api_keys k WHERE k.user_id = $1${keyset.where} ${keyset.limit}`, [
        userId,
        ...keyset.values,
      ]);
      return rows;
    },

    /**
     * Ends a key: dead here at once, on every other node within a second, its streams within seconds.
     *
     * @returns its id
     * @throws AppError UNAUTHENTICATED; NOT_FOUND
     */
    async revoke(viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> {
      const { userId } = requireViewer(viewer);
      const removed = await prisma.$transaction(async (transaction) => {
        const [row] = await transaction.$queryRaw<{ readonly tokenHash: string }[]>(
          Prisma.sql`DELETE FROM api_keys WHERE id = ${id}::uuid AND user_id = ${userId}::uuid RETURNING token_hash AS "tokenHash"`,
        );
        if (row === undefined) throw notFound('ApiKey');
        await audit.record(transaction, { kind: 'API_KEY_REVOKED', actorId: userId, device, data: { apiKeyId: id } });
        return row;
      });
      states.forget(id, removed.tokenHash);
      return id;
    },

    /** Removes keys that expired a month ago. To be called now and then. */
    async removeExpired(): Promise<number> {
      const { count } = await prisma.apiKey.deleteMany({ where: { expiresAt: { lte: later(clock.now(), -keptAfterExpiryMs) } } });
      return count;
    },
  };
}
