/** Of a handle, in characters. */
export const longestHandle = 32;

/** What a handle looks like, in lower case. */
export const handlePattern = /^[\p{L}\p{N}](?:[\p{L}\p{N}_-]{0,30}[\p{L}\p{N}])?$/u;

/** Somebody who can be mentioned. */
export interface Mentionable {
  readonly id: string;
  /** In lower case. */
  readonly handle: string;
}

// The sign of an e-mail address and one that follows another sign are no mentions; nor is what stands behind a dot or a dash.
const mention = /(?<![\p{L}\p{N}_@./-])@([\p{L}\p{N}_-]+)/gu;

/** Code says nothing to anybody: fences and spans of Markdown. */
const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;

/**
 * Whom a message mentions, as `@handle`, in capitals or not: each once, in the order in which they are mentioned first. A word is taken whole:
 * `@adams` mentions nobody whose handle is `ada`.
 *
 * @param text Markdown; what stands in code is passed over
 * @param known those who can be mentioned
 * @returns their ids
 */
export function mentionsIn(text: string, known: readonly Mentionable[]): readonly string[] {
  const idOf = new Map(known.map(({ id, handle }) => [handle, id]));
  const found = [...text.replaceAll(code, ' ').matchAll(mention)].flatMap(([, word = '']) => {
    const wanted = word.toLowerCase();
    // A dash at the end is one of the sentence: "@ada-".
    return idOf.get(wanted) ?? idOf.get(wanted.replace(/[-_]+$/, '')) ?? [];
  });
  return [...new Set(found)];
}
