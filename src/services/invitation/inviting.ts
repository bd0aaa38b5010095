import { z } from 'zod';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import type { OpaqueTokens } from '../../auth/opaque-tokens.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { RoomConfig } from '../../base/room-config.ts';
import { parseInput } from '../../base/validate.ts';
import type { Limiter } from '../../limits/limiter.ts';
import type { Statements } from '../../stores/statements.ts';
import { requireAllowance } from '../allowance.ts';
import type { Audit } from '../audit.ts';
import { emailShape } from '../people/names.ts';
import type { SharedRole } from '../role-rules.ts';
import type { InvitationDoor, InvitationPlace } from './door.ts';
import type { InvitationRow } from './invitation-row.ts';

/** What the service stands on. */
export interface InvitationDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly tokens: OpaqueTokens;
  readonly doors: Readonly<Record<InvitationPlace['kind'], InvitationDoor>>;
  readonly audit: Pick<Audit, 'record'>;
  /** How often somebody may invite, and how often try to come. */
  readonly limits: { readonly invitationsPerUser: Limiter; readonly acceptancesPerUser: Limiter };
  readonly config: Pick<RoomConfig, 'maxInvitations' | 'invitationLifetimeMs' | 'linkLifetimeMs'>;
}

const day = 86_400_000;
const longestMs = 90 * day;
const invited = z.enum(
  ['EDITOR', 'READER'],
  'is EDITOR or READER; make somebody OWNER once they are there, with "updateParticipant" or "updateWorkspaceMember"',
);
const emailInput = z.object({ email: emailShape, role: invited.nullish() });
const linkInput = z.object({
  role: invited.nullish(),
  expiresAt: z.date().nullish(),
  maxUses: z.number().int().min(1, 'is at least 1').max(100, 'is at most 100').nullish(),
});

/** Whom to invite by an address. */
export interface EmailInvitationInput {
  readonly to: InvitationPlace;
  readonly email: string;
  /** READER when absent. */
  readonly role?: SharedRole | null | undefined;
}

/** What a link is like. */
export interface LinkInvitationInput {
  readonly to: InvitationPlace;
  /** READER when absent. */
  readonly role?: SharedRole | null | undefined;
  readonly expiresAt?: Date | null | undefined;
  /** 1 when absent. */
  readonly maxUses?: number | null | undefined;
}

/**
 * Makes invitations.
 *
 * @param get reads one that was made
 */
export function createInviting(dependencies: InvitationDependencies, get: (viewer: Viewer | null, id: string) => Promise<InvitationRow>) {
  const { prisma, clock, newId, tokens, doors, audit, limits, config } = dependencies;

  /** Writes an invitation by an OWNER, whoever it is for: nothing here looks for an account. */
  const write = async (
    viewer: Viewer | null,
    { kind, id: placeId }: InvitationPlace,
    device: DeviceFacts,
    data: Pick<Prisma.InvitationUncheckedCreateInput, 'email' | 'tokenHash' | 'role' | 'maxUses' | 'expiresAt'>,
  ): Promise<InvitationRow> => {
    const { userId } = requireViewer(viewer);
    const door = doors[kind];
    const place = { [`${kind}Id`]: placeId };
    await door.requireInvite(prisma, placeId, userId);
    requireAllowance(await limits.invitationsPerUser.consume(userId), 'Too many invitations');
    const id = await prisma.$transaction(async (transaction) => {
      await door.lock(transaction, placeId);
      await door.requireInvite(transaction, placeId, userId);
      const now = clock.now();
      await transaction.invitation.deleteMany({ where: { ...place, expiresAt: { lte: now } } });
      const { email } = data;
      const known = email == null ? null : await transaction.invitation.findFirst({ where: { ...place, email }, select: { id: true } });
      if (known === null && (await transaction.invitation.count({ where: place })) >= config.maxInvitations) {
        throw new AppError(
          'CONFLICT',
          `This ${kind} has ${config.maxInvitations} open invitations, as many as are allowed; revoke one with "revokeInvitation".`,
        );
      }
      const made = { ...data, inviterId: userId, createdAt: now };
      const row =
        known === null
          ? await transaction.invitation.create({ data: { id: newId(), ...place, ...made }, select: { id: true } })
          : await transaction.invitation.update({ where: { id: known.id }, data: { ...made, declinedAt: null }, select: { id: true } });
      await audit.record(transaction, { kind: 'INVITATION_CREATED', actorId: userId, device, data: { ...place, role: data.role, isLink: email == null } });
      return row.id;
    });
    return get(viewer, id);
  };

  return {
    /**
     * Invites whoever has an address. The answer is the same whether or not anybody has it, and no mail is sent.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for all but its OWNERs; BAD_USER_INPUT; CONFLICT for too many; RATE_LIMITED
     */
    invite: async (viewer: Viewer | null, { to, ...input }: EmailInvitationInput, device: DeviceFacts): Promise<InvitationRow> => {
      requireViewer(viewer);
      const { email, role } = parseInput(emailInput, input);
      return write(viewer, to, device, { email, role: role ?? 'READER', expiresAt: later(clock.now(), config.invitationLifetimeMs) });
    },

    /**
     * Makes a link by which whoever has it comes.
     *
     * @returns the invitation, and its token: to be shown once, for only a hash is kept
     * @throws AppError as `invite`
     */
    createLink: async (
      viewer: Viewer | null,
      { to, ...input }: LinkInvitationInput,
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
      const invitation = await write(viewer, to, device, { tokenHash, role: role ?? 'READER', maxUses: maxUses ?? 1, expiresAt: end });
      return { invitation, token };
    },
  };
}
