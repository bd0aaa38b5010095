import type { Invitation } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { Page } from '../../base/page.ts';
import { requireAllowance } from '../allowance.ts';
import { keysetSql } from '../keyset.ts';
import type { InvitationPlace } from './door.ts';
import { invitationColumns, invitationSource, isInForce, isInside, isOwners, isReceived } from './invitation-row.ts';
import type { InvitationRow } from './invitation-row.ts';
import { createInviting, type InvitationDependencies } from './inviting.ts';

/** Invitations to conversations and to workspaces. */
export type Invitations = ReturnType<typeof createInvitations>;

/** One answer for a token that never was, and for one that is used up, over or revoked. */
const noInvitation = (): AppError =>
  new AppError('NOT_FOUND', 'This invitation does not hold: there never was one, it was revoked or used, its time is over, or it is for somebody else.');

const placeOf = ({ conversationId, workspaceId }: Pick<Invitation, 'conversationId' | 'workspaceId'>): InvitationPlace | null => {
  if (conversationId !== null) return { kind: 'conversation', id: conversationId };
  return workspaceId === null ? null : { kind: 'workspace', id: workspaceId };
};

/** Creates the service. */
export function createInvitations(dependencies: InvitationDependencies) {
  const { prisma, statements, clock, tokens, doors, limits } = dependencies;

  /** Those of some invitations that the viewer sees: as an OWNER of their conversation, or because they are for them. */
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, InvitationRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<InvitationRow>(
      `SELECT ${invitationColumns} FROM ${invitationSource} WHERE i.id = ANY($3::uuid[]) AND ${isInForce} AND (${isOwners} OR (${isReceived}))`,
      [userId, clock.now(), ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<InvitationRow> => {
    const row = (await byIds(viewer, [id])).get(id);
    if (row === undefined) throw notFound('Invitation');
    return row;
  };

  return {
    byIds,
    ...createInviting(dependencies, get),

    /** A page of the invitations to each conversation, or each workspace, newest first; none to those of which the viewer is no OWNER. */
    listMany: async (
      viewer: Viewer | null,
      kind: InvitationPlace['kind'],
      placeIds: readonly string[],
      page: Page,
    ): Promise<ReadonlyMap<string, readonly InvitationRow[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'i.created_at', 'i.id', 4);
      const { rows } = await statements.query<InvitationRow>(
        `SELECT found.* FROM unnest($3::uuid[]) WITH ORDINALITY AS o (id, place) CROSS JOIN LATERAL (
           SELECT ${invitationColumns} FROM ${invitationSource} WHERE i.${kind}_id = o.id AND ${isInForce} AND ${isOwners}${keyset.where} ${keyset.limit}
         ) AS found ORDER BY o.place`,
        [userId, clock.now(), placeIds, ...keyset.values],
      );
      return Map.groupBy(rows, (row) => row[`${kind}Id`] ?? '');
    },

    /** The invitations that wait for the viewer, newest first; none for anybody but the viewer. */
    received: async (viewer: Viewer | null, personId: string, page: Page): Promise<readonly InvitationRow[]> => {
      const { userId } = requireViewer(viewer);
      if (personId !== userId) return [];
      const keyset = keysetSql(page, 'DESC', 'i.created_at', 'i.id', 3);
      const { rows } = await statements.query<InvitationRow>(
        `SELECT ${invitationColumns} FROM ${invitationSource} WHERE ${isReceived} AND ${isInForce}${keyset.where} ${keyset.limit}`,
        [userId, clock.now(), ...keyset.values],
      );
      return rows;
    },

    /**
     * Takes an invitation back, at once.
     *
     * @throws AppError NOT_FOUND for all but the OWNERs, who alone see it
     */
    revoke: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string }>(`DELETE FROM invitations i WHERE i.id = $2::uuid AND ${isOwners} RETURNING i.id`, [userId, id]);
      if (rows.length === 0) throw notFound('Invitation');
      return id;
    },

    /**
     * Accepts an invitation, by its token or its id. Whoever takes part already stays what they are, and uses nothing up.
     *
     * @returns where it led to
     * @throws AppError BAD_USER_INPUT for both or neither; NOT_FOUND for what does not hold; CONFLICT for a place that is full; RATE_LIMITED
     */
    accept: async (
      viewer: Viewer | null,
      input: { readonly token?: string | null | undefined; readonly id?: string | null | undefined },
      device: DeviceFacts,
    ): Promise<InvitationPlace> => {
      const { userId } = requireViewer(viewer);
      if ((input.token == null) === (input.id == null)) throw badInput(['input'], 'Give either the "token" of a link or the "id" of an invitation.');
      requireAllowance(await limits.acceptancesPerUser.consume(userId), 'Too many attempts to accept an invitation');
      const which = input.token == null ? { id: input.id ?? '' } : { tokenHash: tokens.hashOf(input.token) };
      const known = await prisma.invitation.findFirst({ where: which, select: { id: true, conversationId: true, workspaceId: true } });
      const place = known === null ? null : placeOf(known);
      if (known === null || place === null) throw input.token == null ? notFound('Invitation') : noInvitation();
      const door = doors[place.kind];
      return prisma.$transaction(async (transaction) => {
        // The place before its invitations, as everything locks them.
        await door.lock(transaction, place.id);
        const [invitation] = await transaction.$queryRawUnsafe<(Pick<Invitation, 'id' | 'role' | 'email'> & { isInside: boolean })[]>(
          `SELECT i.id, i.role::text AS role, i.email, ${isInside} AS "isInside"
           FROM ${invitationSource} WHERE i.id = $3::uuid AND ${isInForce} AND (c.expires_at IS NULL OR c.expires_at > now())
             AND ((i.email IS NULL AND $4::boolean) OR (NOT $4::boolean AND ${isReceived})) FOR UPDATE OF i`,
          userId,
          clock.now(),
          known.id,
          input.token != null,
        );
        if (invitation === undefined) throw input.token == null ? notFound('Invitation') : noInvitation();
        if (invitation.isInside) return place;
        await door.admit(transaction, { placeId: place.id, userId, role: invitation.role, invitationId: invitation.id }, device);
        if (invitation.email === null)
          await transaction.invitation.update({ where: { id: invitation.id }, data: { useCount: { increment: 1 } }, select: { id: true } });
        else await transaction.invitation.delete({ where: { id: invitation.id }, select: { id: true } });
        return place;
      });
    },

    /**
     * Says no to an invitation. Those who invite are not told: it looks to them as it did.
     *
     * @throws AppError NOT_FOUND for one that is not for the viewer
     */
    decline: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<{ id: string }>(
        `UPDATE invitations SET declined_at = $2::timestamptz FROM ${invitationSource}
         WHERE invitations.id = i.id AND i.id = $3::uuid AND i.expires_at > $2::timestamptz AND ${isReceived} RETURNING i.id`,
        [userId, clock.now(), id],
      );
      if (rows.length === 0) throw notFound('Invitation');
      return id;
    },

    /** Removes those whose time is over. To be called now and then. */
    removeExpired: async (): Promise<number> => (await prisma.invitation.deleteMany({ where: { expiresAt: { lte: clock.now() } } })).count,
  };
}
