import { z } from 'zod';
import type { Invitation, Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import type { OpaqueTokens } from '../../auth/opaque-tokens.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Page } from '../../base/page.ts';
import type { RoomConfig } from '../../base/room-config.ts';
import { parseInput } from '../../base/validate.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Limiter } from '../../limits/limiter.ts';
import type { Statements } from '../../stores/statements.ts';
import { requireAllowance } from '../allowance.ts';
import type { Audit } from '../audit.ts';
import { keysetSql } from '../keyset.ts';
import { emailShape } from '../people/names.ts';
import { lockRoom } from '../room/participants.ts';
import { requirePermission, type RoomRole } from '../room/permissions.ts';

/** An invitation as those who invite see it, and whoever it is for. */
export interface InvitationRow extends Pick<Invitation, 'id' | 'inviterId' | 'role' | 'email' | 'maxUses' | 'useCount' | 'createdAt' | 'expiresAt'> {
  readonly conversationId: string;
  readonly conversationTitle: string | null;
  /** The full name or the username of who invites; null for somebody without either. */
  readonly inviterName: string | null;
}

/** Invitations to conversations. */
export type Invitations = ReturnType<typeof createInvitations>;

/** What the service stands on. */
export interface InvitationDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly tokens: OpaqueTokens;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  readonly audit: Pick<Audit, 'record'>;
  /** How often somebody may invite, and how often try to come. */
  readonly limits: { readonly invitationsPerUser: Limiter; readonly acceptancesPerUser: Limiter };
  readonly config: RoomConfig;
}

const day = 86_400_000;
const longestMs = 90 * day;
const invited = z.enum(['EDITOR', 'READER'], 'is EDITOR or READER; make somebody OWNER with "updateParticipant" once they take part');
const emailInput = z.object({ email: emailShape, role: invited.nullish() });
const linkInput = z.object({
  role: invited.nullish(),
  expiresAt: z.date().nullish(),
  maxUses: z.number().int().min(1, 'is at least 1').max(100, 'is at most 100').nullish(),
});

/** Whom to invite by an address. */
export interface EmailInvitationInput {
  readonly conversationId: string;
  readonly email: string;
  /** READER when absent. */
  readonly role?: RoomRole | null | undefined;
}

/** What a link is like. */
export interface LinkInvitationInput {
  readonly conversationId: string;
  /** READER when absent. */
  readonly role?: RoomRole | null | undefined;
  readonly expiresAt?: Date | null | undefined;
  /** 1 when absent. */
  readonly maxUses?: number | null | undefined;
}

const columns = `i.id, i.conversation_id AS "conversationId", i.inviter_id AS "inviterId", i.role::text AS role, i.email, i.max_uses AS "maxUses", i.use_count AS "useCount",
  i.created_at AS "createdAt", i.expires_at AS "expiresAt", c.title AS "conversationTitle", coalesce(w.full_name, w.username) AS "inviterName"`;
const source =
  'invitations i JOIN conversations c ON c.id = i.conversation_id JOIN users w ON w.id = i.inviter_id AND w.disabled_at IS NULL AND w.deleting_since IS NULL';
const isOwners = `EXISTS (SELECT 1 FROM participations a WHERE a.conversation_id = i.conversation_id AND a.user_id = $1::uuid AND a.role = 'OWNER')`;
/** Whether it is for $1 and waits: they are not in the conversation, and have not said no. */
const isReceived = `i.email = (SELECT u.email FROM users u WHERE u.id = $1::uuid) AND i.declined_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now())
  AND NOT EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = i.conversation_id AND a.user_id = $1::uuid)`;
const isInForce = 'i.expires_at > $2::timestamptz AND (i.max_uses IS NULL OR i.use_count < i.max_uses)';

/** One answer for a token that never was, and for one that is used up, over or revoked. */
const noInvitation = (): AppError =>
  new AppError('NOT_FOUND', 'This invitation does not hold: there never was one, it was revoked or used, its time is over, or it is for somebody else.');

/** Creates the service. */
export function createInvitations(dependencies: InvitationDependencies) {
  const { prisma, statements, clock, newId, tokens, conversationLog, audit, limits, config } = dependencies;

  /** Those of some invitations that the viewer sees: as an OWNER of their conversation, or because they are for them. */
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, InvitationRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<InvitationRow>(
      `SELECT ${columns} FROM ${source} WHERE i.id = ANY($3::uuid[]) AND ${isInForce} AND (${isOwners} OR (${isReceived}))`,
      [userId, clock.now(), ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<InvitationRow> => {
    const row = (await byIds(viewer, [id])).get(id);
    if (row === undefined) throw notFound('Invitation');
    return row;
  };

  /** Writes an invitation by an OWNER, whoever it is for: nothing here looks for an account. */
  const write = async (
    viewer: Viewer | null,
    conversationId: string,
    device: DeviceFacts,
    data: Pick<Prisma.InvitationUncheckedCreateInput, 'email' | 'tokenHash' | 'role' | 'maxUses' | 'expiresAt'>,
  ): Promise<InvitationRow> => {
    const { userId } = requireViewer(viewer);
    await requirePermission(prisma, { conversationId, userId }, 'INVITE');
    requireAllowance(await limits.invitationsPerUser.consume(userId), 'Too many invitations');
    const id = await prisma.$transaction(async (transaction) => {
      await lockRoom(transaction, conversationId);
      await requirePermission(transaction, { conversationId, userId }, 'INVITE');
      const now = clock.now();
      await transaction.invitation.deleteMany({ where: { conversationId, expiresAt: { lte: now } } });
      const { email } = data;
      const known =
        email == null ? null : await transaction.invitation.findUnique({ where: { conversationId_email: { conversationId, email } }, select: { id: true } });
      if (known === null && (await transaction.invitation.count({ where: { conversationId } })) >= config.maxInvitations) {
        throw new AppError(
          'CONFLICT',
          `This conversation has ${config.maxInvitations} open invitations, as many as are allowed; revoke one with "revokeInvitation".`,
        );
      }
      const made = { ...data, inviterId: userId, createdAt: now };
      const row =
        known === null
          ? await transaction.invitation.create({ data: { id: newId(), conversationId, ...made }, select: { id: true } })
          : await transaction.invitation.update({ where: { id: known.id }, data: { ...made, declinedAt: null }, select: { id: true } });
      await audit.record(transaction, {
        kind: 'INVITATION_CREATED',
        actorId: userId,
        device,
        data: { conversationId, role: data.role, isLink: email == null },
      });
      return row.id;
    });
    return get(viewer, id);
  };

  /** Makes somebody a participant, unless they are one. The conversation is locked. */
  const join = async (
    transaction: Prisma.TransactionClient,
    { id, conversationId, role }: Pick<InvitationRow, 'id' | 'conversationId' | 'role'>,
    userId: string,
    device: DeviceFacts,
  ) => {
    if ((await transaction.participant.count({ where: { conversationId } })) >= config.maxParticipants) {
      throw new AppError('CONFLICT', `This conversation has ${config.maxParticipants} participants, as many as are allowed.`);
    }
    await transaction.participant.create({ data: { conversationId, userId, role, joinedAt: clock.now() }, select: { userId: true } });
    await conversationLog.append(transaction, conversationId, { type: 'ParticipantJoined', userId, role });
    await audit.record(transaction, { kind: 'PARTICIPANT_JOINED', actorId: userId, device, data: { conversationId, role, invitationId: id } });
  };

  return {
    byIds,

    /**
     * Invites whoever has an address. The answer is the same whether or not anybody has it, and no mail is sent.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs; BAD_USER_INPUT; CONFLICT for too many; RATE_LIMITED
     */
    invite: async (viewer: Viewer | null, { conversationId, ...input }: EmailInvitationInput, device: DeviceFacts): Promise<InvitationRow> => {
      requireViewer(viewer);
      const { email, role } = parseInput(emailInput, input);
      return write(viewer, conversationId, device, { email, role: role ?? 'READER', expiresAt: later(clock.now(), config.invitationLifetimeMs) });
    },

    /**
     * Makes a link by which whoever has it comes.
     *
     * @returns the invitation, and its token: to be shown once, for only a hash is kept
     * @throws AppError as `invite`
     */
    createLink: async (
      viewer: Viewer | null,
      { conversationId, ...input }: LinkInvitationInput,
      device: DeviceFacts,
    ): Promise<{ readonly invitation: InvitationRow; readonly token: string }> => {
      requireViewer(viewer);
      const { role, expiresAt, maxUses } = parseInput(linkInput, input);
      const now = clock.now();
      const end = expiresAt ?? later(now, config.linkLifetimeMs);
      if (end <= now || end > later(now, longestMs)) {
        throw badInput(['input', 'expiresAt'], `${end.toISOString()} is not a moment of the next 90 days.`);
      }
      const { token, hash: tokenHash } = tokens.make();
      const invitation = await write(viewer, conversationId, device, { tokenHash, role: role ?? 'READER', maxUses: maxUses ?? 1, expiresAt: end });
      return { invitation, token };
    },

    /** A page of the invitations to each conversation, newest first; none to those of which the viewer is no OWNER. */
    listMany: async (viewer: Viewer | null, conversationIds: readonly string[], page: Page): Promise<ReadonlyMap<string, readonly InvitationRow[]>> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 'i.created_at', 'i.id', 4);
      const { rows } = await statements.query<InvitationRow>(
        `SELECT found.* FROM unnest($3::uuid[]) WITH ORDINALITY AS o (id, place) CROSS JOIN LATERAL (
           SELECT ${columns} FROM ${source} WHERE i.conversation_id = o.id AND ${isInForce} AND ${isOwners}${keyset.where} ${keyset.limit}
         ) AS found ORDER BY o.place`,
        [userId, clock.now(), conversationIds, ...keyset.values],
      );
      return Map.groupBy(rows, ({ conversationId }) => conversationId);
    },

    /** The invitations that wait for the viewer, newest first; none for anybody but the viewer. */
    received: async (viewer: Viewer | null, personId: string, page: Page): Promise<readonly InvitationRow[]> => {
      const { userId } = requireViewer(viewer);
      if (personId !== userId) return [];
      const keyset = keysetSql(page, 'DESC', 'i.created_at', 'i.id', 3);
      const { rows } = await statements.query<InvitationRow>(
        `SELECT ${columns} FROM ${source} WHERE ${isReceived} AND ${isInForce}${keyset.where} ${keyset.limit}`,
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
     * @returns the id of the conversation
     * @throws AppError BAD_USER_INPUT for both or neither; NOT_FOUND for what does not hold; CONFLICT for a conversation that is full; RATE_LIMITED
     */
    accept: async (
      viewer: Viewer | null,
      input: { readonly token?: string | null | undefined; readonly id?: string | null | undefined },
      device: DeviceFacts,
    ): Promise<string> => {
      const { userId } = requireViewer(viewer);
      if ((input.token == null) === (input.id == null)) throw badInput(['input'], 'Give either the "token" of a link or the "id" of an invitation.');
      requireAllowance(await limits.acceptancesPerUser.consume(userId), 'Too many attempts to accept an invitation');
      const which = { conversationId: { not: null }, ...(input.token == null ? { id: input.id ?? '' } : { tokenHash: tokens.hashOf(input.token) }) };
      const known = await prisma.invitation.findFirst({ where: which, select: { id: true, conversationId: true } });
      const place = known?.conversationId ?? null;
      if (known === null || place === null) throw input.token == null ? notFound('Invitation') : noInvitation();
      return prisma.$transaction(async (transaction) => {
        // The conversation before its invitations, as everything locks them.
        await lockRoom(transaction, place);
        const [invitation] = await transaction.$queryRawUnsafe<(Pick<InvitationRow, 'id' | 'conversationId' | 'role' | 'email'> & { isInside: boolean })[]>(
          `SELECT i.id, i.conversation_id AS "conversationId", i.role::text AS role, i.email,
             EXISTS (SELECT 1 FROM participants a WHERE a.conversation_id = i.conversation_id AND a.user_id = $1::uuid) AS "isInside"
           FROM ${source} WHERE i.id = $3::uuid AND ${isInForce} AND (c.expires_at IS NULL OR c.expires_at > now())
             AND ((i.email IS NULL AND $4::boolean) OR (NOT $4::boolean AND ${isReceived})) FOR UPDATE OF i`,
          userId,
          clock.now(),
          known.id,
          input.token != null,
        );
        if (invitation === undefined) throw input.token == null ? notFound('Invitation') : noInvitation();
        if (invitation.isInside) return invitation.conversationId;
        await join(transaction, invitation, userId, device);
        if (invitation.email === null)
          await transaction.invitation.update({ where: { id: invitation.id }, data: { useCount: { increment: 1 } }, select: { id: true } });
        else await transaction.invitation.delete({ where: { id: invitation.id }, select: { id: true } });
        return invitation.conversationId;
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
        `UPDATE invitations i SET declined_at = $2::timestamptz FROM conversations c
         WHERE c.id = i.conversation_id AND i.id = $3::uuid AND i.expires_at > $2::timestamptz AND ${isReceived} RETURNING i.id`,
        [userId, clock.now(), id],
      );
      if (rows.length === 0) throw notFound('Invitation');
      return id;
    },

    /** Removes those whose time is over. To be called now and then. */
    removeExpired: async (): Promise<number> => (await prisma.invitation.deleteMany({ where: { expiresAt: { lte: clock.now() } } })).count,
  };
}
