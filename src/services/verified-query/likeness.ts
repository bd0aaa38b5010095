import { normalQuestion } from '../../base/normal-question.ts';

function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const shared = [...left].filter((word) => right.has(word)).length;
  // Cosine of the two sets.
  return shared / Math.sqrt(Math.max(1, left.size) * Math.max(1, right.size));
}

/** Sorts by how many words are shared with a question: the very question first, those without a common word last. */
export function nearestFirst<Asked extends { readonly question: string }>(asked: readonly Asked[], question: string): readonly Asked[] {
  const wanted = normalQuestion(question);
  const words = new Set(wanted.split(' '));
  const score = (one: Asked): number => {
    const normal = normalQuestion(one.question);
    return normal === wanted ? 2 : likeness(words, new Set(normal.split(' ')));
  };
  return asked
    .map((one) => ({ one, score: score(one) }))
    .toSorted((left, right) => right.score - left.score)
    .map(({ one }) => one);
}
