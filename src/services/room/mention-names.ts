/** Somebody who can be mentioned, with the names that mean them. */
export interface NamedParticipant {
  readonly id: string;
  /** As they stand behind an "@", in any case: a username, a display name. */
  readonly names: readonly string[];
}

const normal = (text: string): string => text.normalize('NFC').toLowerCase();

/** What a name may not go on with, or it is another name. */
const partOfName = /^[\p{L}\p{N}_]/u;
/** What may not stand before an "@": then it is an address or the like. */
const wordBefore = /[\p{L}\p{N}_.@]$/u;

/**
 * Whom a text mentions: `@` and a name, of several that fit the longest. Of two participants of the same name both are meant.
 *
 * @param text as it was written
 * @param participants who can be meant; people, and whoever else takes part
 * @returns the ids, in the order of the text, each once
 */
export function findMentions(text: string, participants: readonly NamedParticipant[]): readonly string[] {
  const said = normal(text);
  const named = participants
    .flatMap(({ id, names }) => names.map((name) => ({ id, name: normal(name) })))
    .filter(({ name }) => name !== '')
    .toSorted((left, right) => right.name.length - left.name.length);
  const found = new Set<string>();
  for (let at = said.indexOf('@'); at >= 0; at = said.indexOf('@', at + 1)) {
    if (wordBefore.test(said.slice(0, at))) continue;
    const rest = said.slice(at + 1);
    const fits = named.filter(({ name }) => rest.startsWith(name) && !partOfName.test(rest.slice(name.length)));
    for (const { id, name } of fits) if (name.length === fits[0]?.name.length) found.add(id);
  }
  return [...found];
}
