import { requireLogin, type Viewer } from '../../auth/viewer.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { notFound } from '../../base/errors.ts';
import { isUuid } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import { keysetSql } from '../keyset.ts';
import type { PeopleDependencies } from './deps.ts';
import type { LoginStates } from './login-states.ts';
import type { Logins } from './logins.ts';

/** A device that its owner is signed in on. */
export interface SignedInDevice {
  readonly id: string;
  readonly userAgent: string | null;
  /** From where it signed in. */
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** Whether it is the one that asks. */
  readonly isCurrent: boolean;
}

/** What it stands on. */
export interface DeviceDependencies extends Pick<PeopleDependencies, 'prisma' | 'pool' | 'clock' | 'audit'> {
  readonly states: LoginStates;
  readonly logins: Pick<Logins, 'revoke'>;
}

const columns = `l.id, l.user_agent AS "userAgent", l.address, l.created_at AS "createdAt", l.last_used_at AS "lastUsedAt", l.id = $2::uuid AS "isCurrent"`;
/** What was revoked, or cannot be continued any more, is no signed-in device. */
const isLive = `l.revoked_at IS NULL AND EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.login_id = l.id AND t.expires_at > $3)`;

/** The devices that a person is signed in on; everybody sees and ends their own. */
export function createDevices({ prisma, pool, clock, audit, states, logins }: DeviceDependencies) {
  return {
    /** The viewer's signed-in devices, the newest login first. One statement. */
    async list(viewer: Viewer | null, page: Page): Promise<readonly SignedInDevice[]> {
      const { userId, loginId } = requireLogin(viewer);
      const keyset = keysetSql(page, 'DESC', 'l.created_at', 'l.id', 4);
      const { rows } = await pool.query<SignedInDevice>(
        `SELECT ${columns} FROM logins l WHERE l.user_id = $1::uuid AND ${isLive}${keyset.where} ${keyset.limit}`,
        [userId, loginId, clock.now(), ...keyset.values],
      );
      return rows;
    },

    /** Those of some logins that are the viewer's, by their ids. */
    async byIds(viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, SignedInDevice>> {
      const { userId, loginId } = requireLogin(viewer);
      const { rows } = await pool.query<SignedInDevice>(`SELECT ${columns} FROM logins l WHERE l.user_id = $1::uuid AND ${isLive} AND l.id = ANY($4::uuid[])`, [
        userId,
        loginId,
        clock.now(),
        ids.filter(isUuid),
      ]);
      return new Map(rows.map((device) => [device.id, device]));
    },

    /**
     * Ends one of the viewer's logins. Ending it again changes nothing and answers the same.
     *
     * @throws AppError UNAUTHENTICATED, NOT_FOUND
     */
    async revoke(viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> {
      const { userId } = requireLogin(viewer);
      const known = isUuid(id) ? await prisma.login.findFirst({ where: { id, userId }, select: { id: true } }) : null;
      if (known === null) throw notFound('Login');
      await prisma.$transaction(async (transaction) => {
        const ended = await logins.revoke(transaction, { id, userId });
        if (ended.length > 0) await audit.record(transaction, { kind: 'LOGIN_REVOKED', actorId: userId, device, data: { loginIds: [id] } });
      });
      states.forget([id]);
      return id;
    },

    /**
     * Ends the viewer's logins on all devices.
     *
     * @param keepsCurrent whether the device that asks stays signed in
     * @returns the logins that were ended
     */
    async logoutEverywhere(viewer: Viewer | null, keepsCurrent: boolean, device: DeviceFacts): Promise<readonly string[]> {
      const { userId, loginId } = requireLogin(viewer);
      const ids = await prisma.$transaction(async (transaction) => {
        const ended = await logins.revoke(transaction, keepsCurrent ? { userId, id: { not: loginId } } : { userId });
        const loginIds = ended.map((login) => login.id);
        if (loginIds.length > 0) await audit.record(transaction, { kind: 'LOGIN_REVOKED', actorId: userId, device, data: { loginIds } });
        return loginIds;
      });
      states.forget(ids);
      return ids;
    },
  };
}
