import type { User } from '../../../prisma/generated/client.ts';

/** A person as a certain viewer may see them. */
export interface Person {
  readonly id: string;
  /** Null for everybody but the person and administrators, and where no address is known. */
  readonly email: string | null;
  readonly username: string | null;
  readonly fullName: string | null;
  /** A BCP 47 tag; null for everybody but the person, and where none was chosen. */
  readonly locale: string | null;
  /** The full name, else the username, else something to show instead. */
  readonly displayName: string;
  readonly role: 'MEMBER' | 'ADMIN';
  readonly createdAt: Date;
  /** Since when the account is disabled; for administrators alone, null for others. */
  readonly disabledAt: Date | null;
  readonly disabledReason: string | null;
}

/** The columns that a person is made of. */
export const personColumns = {
  id: true,
  email: true,
  username: true,
  fullName: true,
  locale: true,
  role: true,
  createdAt: true,
  disabledAt: true,
  disabledReason: true,
} as const;

/** A row of those columns. */
export type PersonRow = Pick<User, keyof typeof personColumns>;

/**
 * A person as a viewer sees them.
 *
 * @param row the stored person
 * @param viewerId who looks: the address is for its owner alone, and so is a name made from it
 * @param isForAdmin whether an administrator looks, who sees everything
 */
export function personOf(row: PersonRow, viewerId: string, isForAdmin = false): Person {
  const isOwn = row.id === viewerId;
  const isWhole = isOwn || isForAdmin;
  const fallback = isWhole && row.email !== null ? row.email.slice(0, row.email.indexOf('@')) : 'Member';
  return {
    ...row,
    email: isWhole ? row.email : null,
    locale: isOwn ? row.locale : null,
    displayName: row.fullName ?? row.username ?? fallback,
    disabledAt: isForAdmin ? row.disabledAt : null,
    disabledReason: isForAdmin ? row.disabledReason : null,
  };
}
