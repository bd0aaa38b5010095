import { createHmac } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Prisma, PrismaClient } from '../../prisma/generated/client.ts';
import { requireAdmin } from '../auth/require-admin.ts';
import type { Viewer } from '../auth/viewer.ts';
import { later, type Clock } from '../base/clock.ts';
import { userAgentOf, type DeviceFacts } from '../base/device.ts';
import type { IdSource } from '../base/id.ts';
import type { Json } from '../base/json.ts';
import type { Page } from '../base/page.ts';
import { auditKinds, type AuditKind } from './audit-kinds.ts';
import { keysetSql } from './keyset.ts';

/** Something that happened. Holds ids and never names, so that a deleted person leaves no name behind. */
export interface AuditEntry {
  readonly kind: AuditKind;
  /** Who did it; null for nobody who is known. */
  readonly actorId: string | null;
  /** Whom it was done to; the actor by default. */
  readonly subjectId?: string | null;
  readonly device: DeviceFacts;
  /** Facts in the shape that the kind promises. Never a password, a token or a name. */
  readonly data?: { readonly [name: string]: string | number | boolean | null | readonly string[] };
}

/** An entry as it is kept. */
export interface AuditEvent {
  readonly id: string;
  readonly kind: AuditKind;
  readonly actorId: string | null;
  readonly subjectId: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly data: Json;
  readonly createdAt: Date;
}

/** Which entries to list. What is absent does not narrow the list. */
export interface AuditFilter {
  readonly kinds?: readonly string[] | null | undefined;
  readonly actorId?: string | null | undefined;
  readonly subjectId?: string | null | undefined;
  readonly since?: Date | null | undefined;
}

/** The audit log. */
export type Audit = ReturnType<typeof createAudit>;

const isKind = (word: string): word is AuditKind => Object.hasOwn(auditKinds, word);
const kindShape = z.custom<AuditKind>((word) => typeof word === 'string' && isKind(word));
const eventShape = z.object({
  id: z.string(),
  kind: kindShape,
  actorId: z.string().nullable(),
  subjectId: z.string().nullable(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  data: z.json(),
  createdAt: z.date(),
});

/**
 * Creates the service.
 *
 * @param options.nameKey with which names are hashed: who has the log and not the key cannot try names out
 */
export function createAudit(options: {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly nameKey: Uint8Array;
}) {
  const { prisma, pool, clock, newId, nameKey } = options;

  return {
    /**
     * Keeps an entry.
     *
     * @param transaction that of the change, so that both are there or neither; null for what changes nothing
     */
    async record(transaction: Prisma.TransactionClient | null, entry: AuditEntry): Promise<void> {
      const { kind, actorId, subjectId = actorId, device, data = {} } = entry;
      await (transaction ?? prisma).auditEvent.create({
        data: { id: newId(), kind, actorId, subjectId, address: device.address, userAgent: userAgentOf(device), data, createdAt: clock.now() },
        select: { id: true },
      });
    },

    /** What stands for a name that somebody typed: the same for the same name, and of no use to find it. */
    hashOfName: (name: string): string => createHmac('sha256', nameKey).update(name).digest('base64url').slice(0, 16),

    /**
     * The entries, newest first.
     *
     * @throws AppError UNAUTHENTICATED, FORBIDDEN
     */
    async list(viewer: Viewer | null, filter: AuditFilter, page: Page): Promise<readonly AuditEvent[]> {
      requireAdmin(viewer);
      const keyset = keysetSql(page, 'DESC', 'e.created_at', 'e.id', 5);
      const { rows } = await pool.query(
        `SELECT e.id, e.kind, e.actor_id AS "actorId", e.subject_id AS "subjectId", e.address, e.user_agent AS "userAgent", e.data,
           e.created_at AS "createdAt"
         FROM audit_events e
         WHERE ($1::text[] IS NULL OR e.kind = ANY($1)) AND ($2::uuid IS NULL OR e.actor_id = $2) AND ($3::uuid IS NULL OR e.subject_id = $3)
           AND ($4::timestamptz IS NULL OR e.created_at >= $4)${keyset.where} ${keyset.limit}`,
        [filter.kinds ?? null, filter.actorId ?? null, filter.subjectId ?? null, filter.since ?? null, ...keyset.values],
      );
      return z.array(eventShape).parse(rows);
    },

    /** Takes the hashes of names off the entries of somebody who is deleted, in the transaction that does it. */
    async forgetNames(transaction: Prisma.TransactionClient, userId: string): Promise<void> {
      await transaction.$executeRaw`UPDATE audit_events SET data = data - 'nameHash' WHERE subject_id = ${userId}::uuid AND data ? 'nameHash'`;
    },

    /**
     * Removes what is older than its time. To be called now and then.
     *
     * @returns how many entries
     */
    async removeOld(retentionMs: number): Promise<number> {
      const { count } = await prisma.auditEvent.deleteMany({ where: { createdAt: { lt: later(clock.now(), -retentionMs) } } });
      return count;
    },
  };
}
