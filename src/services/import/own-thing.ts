import type { Prisma } from '../../../prisma/generated/client.ts';
import { findHere, type NamedKind } from './ids-here.ts';
import type { ImportJob } from './import-job.ts';
import type { ImportCounts } from './import-row.ts';
import type { Tell } from './sources/source-conversation.ts';

/** A thing of which a person may have so many. */
export interface OwnThing {
  readonly kind: NamedKind;
  /** In the archive. */
  readonly sourceId: string;
  /** For the report: "personas". */
  readonly what: string;
  readonly counts: keyof ImportCounts;
  /** How many there are of a person's. */
  readonly count: (transaction: Prisma.TransactionClient) => Promise<number>;
  /** How many there may be. */
  readonly most: number;
}

/**
 * Adds a thing, unless it is here already, with what it counts. No other is made at the same time, as whoever makes one locks the person first.
 *
 * @param insert gives false when it has told why it makes none
 * @returns the id of it here; null where it is not here
 */
export async function addOwn(
  { ids, userId, prisma, report, note }: ImportJob,
  { kind, sourceId, what, counts, count, most }: OwnThing,
  tell: Tell,
  insert: (transaction: Prisma.TransactionClient, id: string) => Promise<boolean>,
): Promise<string | null> {
  const id = ids.of(kind, sourceId);
  return prisma.$transaction(async (transaction) => {
    await transaction.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const here = (await findHere(transaction, userId, kind, new Map([[sourceId, id]]))).get(sourceId);
    if (here !== undefined) return here;
    if ((await count(transaction)) >= most) {
      tell(`Of ${what} you may have ${most.toLocaleString('en')}; this one was left out.`);
      return null;
    }
    if (!(await insert(transaction, id))) return null;
    report.add(counts);
    await note(transaction);
    return id;
  });
}

/**
 * A name that is not taken yet: with a number behind it where it is.
 *
 * @param most how many characters it may have
 */
export function freeName(name: string, taken: ReadonlySet<string>, most: number): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const ending = `-${number}`;
    const other = [...name].slice(0, most - ending.length).join('') + ending;
    if (!taken.has(other)) return other;
  }
}
