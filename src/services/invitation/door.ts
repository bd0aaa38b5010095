import type { Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import type { DeviceFacts } from '../../base/device.ts';
import type { SharedRole } from '../role-rules.ts';

/** What an invitation leads to. */
export interface InvitationPlace {
  readonly kind: 'conversation' | 'workspace';
  readonly id: string;
}

/** Who comes in, and by what. */
export interface Arrival {
  readonly placeId: string;
  readonly userId: string;
  readonly role: SharedRole;
  readonly invitationId: string;
}

/** How people come into a kind of place. */
export interface InvitationDoor {
  /** Makes sure that somebody may invite. @throws AppError NOT_FOUND for a stranger; FORBIDDEN with the role that it takes */
  requireInvite(database: Pick<PrismaClient, '$queryRawUnsafe'>, placeId: string, userId: string): Promise<void>;
  /** Locks the place, so that who is there changes by one hand at a time. @throws AppError NOT_FOUND when there is none */
  lock(transaction: Prisma.TransactionClient, placeId: string): Promise<void>;
  /** Lets somebody in who is not there. The place is locked. @throws AppError CONFLICT when it is full */
  admit(transaction: Prisma.TransactionClient, arrival: Arrival, device: DeviceFacts): Promise<void>;
}
