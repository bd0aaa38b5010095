/** Weakens the lead of the first places; the value that the method was measured with. */
export const fusionConstant = 60;

/** Something that was found, with its place in each list that has it, from 1. */
export interface Fused {
  readonly id: string;
  readonly score: number;
  readonly ranks: readonly (number | null)[];
}

/**
 * Puts several rankings together by reciprocal rank fusion: the score of something is the sum of 1 / (60 + rank) over the lists that have it.
 * The scores of the lists themselves, which cannot be compared, do not matter. Cormack, Clarke, Büttcher: Reciprocal rank fusion outperforms
 * Condorcet and individual rank learning methods, SIGIR 2009.
 *
 * @param lists ids, the best first, none twice
 * @returns all that are in any list, the best first; of equals that with the smaller id
 */
export function fuse(lists: readonly (readonly string[])[]): readonly Fused[] {
  const places = lists.map((ids) => new Map(ids.map((id, index) => [id, index + 1])));
  const all = [...new Set(lists.flat())].map((id): Fused => {
    const ranks = places.map((place) => place.get(id) ?? null);
    return { id, ranks, score: ranks.reduce<number>((sum, rank) => (rank === null ? sum : sum + 1 / (fusionConstant + rank)), 0) };
  });
  return all.toSorted((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1));
}
