import type { Prisma } from '../../../prisma/generated/client.ts';

/** The versions of one table, as little of them as undoing needs. */
export interface Version {
  readonly id: string;
  readonly version: number;
  readonly isCurrent: boolean;
}

/** All versions of a table, the first one first. */
export function versionsOf(transaction: Prisma.TransactionClient, sessionId: string, name: string): Promise<readonly Version[]> {
  return transaction.derivedTable.findMany({ where: { sessionId, name }, select: { id: true, version: true, isCurrent: true }, orderBy: { version: 'asc' } });
}

/** The version before the one that is current; null when there is none before it, undefined when none is current. */
export function versionBefore(versions: readonly Version[]): Version | null | undefined {
  const at = versions.findIndex(({ isCurrent }) => isCurrent);
  return at < 0 ? undefined : (versions[at - 1] ?? null);
}

/** The version after the one that is current, or the first where all are undone; undefined when there is none. */
export function versionAfter(versions: readonly Version[]): Version | undefined {
  return versions[versions.findIndex(({ isCurrent }) => isCurrent) + 1];
}

/** Those that a new version takes the place of: what was undone before it can no longer be done again. */
export function undone(versions: readonly Version[]): readonly Version[] {
  return versions.slice(versions.findIndex(({ isCurrent }) => isCurrent) + 1);
}

/** Makes one version of a table the current one, or none. */
export async function makeCurrent(transaction: Prisma.TransactionClient, versions: readonly Version[], id: string | null): Promise<void> {
  await transaction.derivedTable.updateMany({ where: { id: { in: versions.map((version) => version.id) }, isCurrent: true }, data: { isCurrent: false } });
  if (id !== null) await transaction.derivedTable.updateMany({ where: { id }, data: { isCurrent: true } });
}
