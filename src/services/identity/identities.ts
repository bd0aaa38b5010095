import type { Pool } from 'pg';
import { Prisma, type PrismaClient } from '../../../prisma/generated/client.ts';
import type { OutsideTokens } from '../../auth/outside-tokens.ts';
import { requireViewer, type OutsideViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import type { Audit } from '../audit.ts';
import { keysetSql } from '../keyset.ts';
import type { IdentityStates, LinkedIdentity } from './identity-states.ts';
import { createSignUp } from './sign-up.ts';

/** An account of somebody at an identity provider, linked with a person here. */
export interface Identity {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  /** As the provider told it when it was linked. */
  readonly email: string | null;
  readonly createdAt: Date;
}

/** Outside identities: people who sign in by the tokens of other identity providers. */
export type Identities = ReturnType<typeof createIdentities>;

/** What the service needs. */
export interface IdentityDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly tokens: OutsideTokens;
  readonly states: IdentityStates;
  readonly audit: Audit;
  /** Whether somebody who comes for the first time gets an account. */
  readonly isSignUpOpen: boolean;
}

const columns = 'i.id, i.issuer, i.subject, i.email, i.created_at AS "createdAt"';
const select = { id: true, issuer: true, subject: true, email: true, createdAt: true } as const;

/** Creates the service. */
export function createIdentities(dependencies: IdentityDependencies) {
  const { prisma, pool, clock, newId, tokens, states, audit } = dependencies;
  const signUp = createSignUp(dependencies);

  const viewerOf = ({ identityId, userId, role }: LinkedIdentity, expiresAt: Date): OutsideViewer => ({ identityId, userId, role, expiresAt });

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, Identity>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await pool.query<Identity>(`SELECT ${columns} FROM identities i WHERE i.id = ANY($1::uuid[]) AND i.user_id = $2`, [ids, userId]);
    return new Map(rows.map((identity) => [identity.id, identity]));
  };

  return {
    byIds,

    /** Whether a token claims to come from an identity provider that is trusted here. */
    accepts: tokens.accepts,

    /**
     * Who sends a token of an identity provider; somebody who was never here gets an account, where that is allowed.
     *
     * @throws AppError UNAUTHENTICATED when the token is not good, or its person may not sign in; CONFLICT when the address of somebody new
     *   has an account; SERVICE_UNAVAILABLE when the provider's keys cannot be had
     */
    async authenticate(token: string): Promise<OutsideViewer> {
      const claims = await tokens.verify(token);
      let linked = await states.bySubject(claims.issuer, claims.subject);
      if (linked === null) {
        await signUp(claims);
        linked = await states.bySubject(claims.issuer, claims.subject);
      }
      if (linked === null || !linked.isLiving) throw new AppError('UNAUTHENTICATED', 'The account of this identity may not sign in; ask an administrator.');
      return viewerOf(linked, claims.expiresAt);
    },

    /** The viewer of a token as of now; null when it has expired or its identity was unlinked. */
    async findViewer({ identityId, expiresAt }: OutsideViewer): Promise<OutsideViewer | null> {
      if (expiresAt <= clock.now()) return null;
      const linked = await states.byId(identityId);
      return linked?.isLiving === true ? viewerOf(linked, expiresAt) : null;
    },

    /** Whether a token may keep its sockets and streams open. Not from memory. */
    isActive: async ({ identityId, expiresAt }: OutsideViewer): Promise<boolean> => expiresAt > clock.now() && (await states.isActive(identityId)),

    /**
     * Links an identity with the viewer, who proves by its token that it is theirs.
     *
     * @throws AppError UNAUTHENTICATED when nobody is signed in or the token is not good; CONFLICT when it is linked with somebody else
     */
    async link(viewer: Viewer | null, token: string, device: DeviceFacts): Promise<Identity> {
      const { userId } = requireViewer(viewer);
      const { issuer, subject, verifiedEmail: email } = await tokens.verify(token);
      try {
        return await prisma.$transaction(async (transaction) => {
          const created = await transaction.identity.create({ data: { id: newId(), userId, issuer, subject, email, createdAt: clock.now() }, select });
          await audit.record(transaction, { kind: 'IDENTITY_LINKED', actorId: userId, device, data: { identityId: created.id, issuer } });
          return created;
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        const existing = await prisma.identity.findFirst({ where: { issuer, subject, userId }, select });
        if (existing !== null) return existing;
        throw new AppError('CONFLICT', `This identity of "${issuer}" is linked with another account; unlink it there first.`);
      }
    },

    /** The viewer's identities, newest first. */
    async list(viewer: Viewer | null, page: Page): Promise<readonly Identity[]> {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'i.created_at', 'i.id', 2);
      const { rows } = await pool.query<Identity>(`SELECT ${columns} FROM identities i WHERE i.user_id = $1${keyset.where} ${keyset.limit}`, [
        userId,
        ...keyset.values,
      ]);
      return rows;
    },

    /**
     * Takes an identity off the viewer. Its tokens are dead within a second, its streams within seconds.
     *
     * @returns its id
     * @throws AppError UNAUTHENTICATED; NOT_FOUND; CONFLICT when it is the only way in
     */
    async unlink(viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> {
      const { userId } = requireViewer(viewer);
      const removed = await prisma.$transaction(async (transaction) => {
        // Two at once would each take the other for the way that is left.
        await transaction.$queryRaw(Prisma.sql`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
        const identity = await transaction.identity.findFirst({ where: { id, userId }, select });
        if (identity === null) throw notFound('Identity');
        const hasPassword = (await transaction.credential.count({ where: { userId } })) > 0;
        if (!hasPassword && (await transaction.identity.count({ where: { userId } })) === 1) {
          throw new AppError('CONFLICT', 'This identity is the only way into your account; link another one first.');
        }
        await transaction.identity.delete({ where: { id }, select: { id: true } });
        await audit.record(transaction, { kind: 'IDENTITY_UNLINKED', actorId: userId, device, data: { identityId: id, issuer: identity.issuer } });
        return identity;
      });
      states.forget(id, removed.issuer, removed.subject);
      return id;
    },
  };
}
