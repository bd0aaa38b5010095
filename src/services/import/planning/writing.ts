import type { Prisma } from '../../../../prisma/generated/client.ts';
import type { Planner } from '../../planner/planner-row.ts';
import type { Cleaner } from '../clean.ts';
import type { DerivedIds } from '../derived-ids.ts';
import { findHere } from '../ids-here.ts';
import type { Tell } from '../sources/source-conversation.ts';

/** What is written while somebody's planning is locked. */
export interface Writing {
  readonly transaction: Prisma.TransactionClient;
  readonly planner: Planner;
  readonly ids: DerivedIds;
  readonly cleaner: Cleaner;
  readonly tell: Tell;
}

/** One of the things that are planned. */
export type PlannedKind = 'goal' | 'weeklyPlan' | 'dailyPlan' | 'recurrence' | 'planItem' | 'itemCarry';

/**
 * Which of some things are here already: those that never left this account by their own ids, others by the ids that are made of them.
 *
 * @returns the ids here, by those in the archive; what is not here has none
 */
export function idsHere({ transaction, planner, ids }: Writing, kind: PlannedKind, sourceIds: readonly string[]): Promise<Map<string, string>> {
  return findHere(transaction, planner.userId, kind, new Map(sourceIds.map((id) => [id, ids.of(kind, id)])));
}

/** The id that something has here, or would have. */
export const idOf = ({ ids }: Writing, here: ReadonlyMap<string, string>, kind: PlannedKind, sourceId: string): string =>
  here.get(sourceId) ?? ids.of(kind, sourceId);

/** The ids that some documents name, those that are null left out. */
export function named<Document>(documents: readonly Document[], idsIn: (document: Document) => readonly (string | null)[]): readonly string[] {
  return [...new Set(documents.flatMap(idsIn).filter((id) => id !== null))];
}

/** Those that are not here yet, each once. */
export function missing<Document extends { readonly id: string }>(documents: readonly Document[], here: ReadonlyMap<string, string>): readonly Document[] {
  return [...new Map(documents.map((document) => [document.id, document])).values()].filter(({ id }) => !here.has(id));
}

/** A longer text; null for one that says nothing. */
export function cleanBody({ cleaner }: Writing, text: string | null, most: number): string | null {
  const clean = text === null ? '' : cleaner.text(text, most);
  return clean.trim() === '' ? null : clean;
}

/** When something was made and changed, and which version it is. */
export function cleanMoments({ cleaner, planner }: Writing, { createdAt, updatedAt }: { readonly createdAt: Date; readonly updatedAt: Date }) {
  const made = cleaner.past(createdAt, planner.now);
  return { createdAt: made, updatedAt: cleaner.past(updatedAt, made) };
}

/** When something was done that is done. */
export function cleanCompletion({ cleaner }: Writing, isDone: boolean, completedAt: Date | null, updatedAt: Date): Date | null {
  return isDone ? cleaner.past(completedAt ?? updatedAt, updatedAt) : null;
}

/** So many more may be written as there is room for; the others are told of. */
export function fitting<Thing>({ tell }: Writing, things: readonly Thing[], room: number, what: string, most: number): readonly Thing[] {
  const kept = things.slice(0, Math.max(room, 0));
  if (kept.length < things.length) tell(`Of ${what} you may have ${most.toLocaleString('en')}; those beyond were left out.`, things.length - kept.length);
  return kept;
}
