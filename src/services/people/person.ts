import type { User } from '../../../prisma/generated/client.ts';

/** A person as a certain viewer may see them. */
export interface Person {
  readonly id: string;
  /** Null for everybody but the person, and where no address is known. */
  readonly email: string | null;
  readonly username: string | null;
  readonly fullName: string | null;
  /** The full name, else the username, else something to show instead. */
  readonly displayName: string;
  readonly role: 'MEMBER' | 'ADMIN';
  readonly createdAt: Date;
}

/** The columns that a person is made of. */
export const personColumns = { id: true, email: true, username: true, fullName: true, role: true, createdAt: true } as const;

/** A row of those columns. */
export type PersonRow = Pick<User, keyof typeof personColumns>;

/**
 * A person as a viewer sees them.
 *
 * @param row the stored person
 * @param viewerId who looks: the address is for its owner alone, and so is a name made from it
 */
export function personOf(row: PersonRow, viewerId: string): Person {
  const isOwn = row.id === viewerId;
  const fallback = isOwn && row.email !== null ? row.email.slice(0, row.email.indexOf('@')) : 'Member';
  return { ...row, email: isOwn ? row.email : null, displayName: row.fullName ?? row.username ?? fallback };
}
