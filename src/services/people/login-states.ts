import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { LoginViewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';

/** Which logins are active, and whose they are. */
export type LoginStates = ReturnType<typeof createLoginStates>;

const mostCached = 10_000;

/**
 * The states of logins, remembered for a moment: a request need not ask the database, and a revocation on another process is still
 * noticed after `cacheMs`.
 *
 * @param options.cacheMs how long an answer is good for
 */
export function createLoginStates(options: { readonly prisma: PrismaClient; readonly clock: Clock; readonly cacheMs: number }) {
  const { prisma, clock, cacheMs } = options;
  const cache = new LRUCache<string, Promise<LoginViewer | null>>({
    max: mostCached,
    ttl: cacheMs,
    ttlResolution: 0,
    perf: { now: () => clock.now().getTime() },
  });

  const load = async (loginId: string): Promise<LoginViewer | null> => {
    const rows = await prisma.$queryRaw<LoginViewer[]>`
      SELECT l.user_id AS "userId", l.id AS "loginId", u.role::text AS role
      FROM logins l JOIN users u ON u.id = l.user_id
      WHERE l.id = ${loginId}::uuid AND l.revoked_at IS NULL AND u.disabled_at IS NULL AND u.deleting_since IS NULL`;
    return rows[0] ?? null;
  };

  const activity = new DataLoader<string, boolean>(
    async (loginIds) => {
      const rows = await prisma.login.findMany({
        where: { id: { in: [...loginIds] }, revokedAt: null, user: { disabledAt: null, deletingSince: null } },
        select: { id: true },
      });
      const active = new Set(rows.map((login) => login.id));
      return loginIds.map((loginId) => active.has(loginId));
    },
    { cache: false },
  );

  return {
    /** The viewer of a login with the role of this moment; null when it was revoked or its user disabled or deleted. */
    find(loginId: string): Promise<LoginViewer | null> {
      const cached = cache.get(loginId);
      if (cached !== undefined) return cached;
      const loading = load(loginId);
      cache.set(loginId, loading);
      // A failure is not an answer: the next one asks again.
      loading.catch(() => cache.peek(loginId) === loading && cache.delete(loginId));
      return loading;
    },

    /** Whether a login is active, past the memory; all that are asked about in one moment are looked up by one statement. */
    isActive: (loginId: string): Promise<boolean> => activity.load(loginId),

    /** Forgets logins, after they changed. */
    forget(loginIds: readonly string[]): void {
      for (const loginId of loginIds) cache.delete(loginId);
    },
  };
}
