import type { StoredMessage } from './piece.ts';

/** Who speaks in a conversation, as the one that answers hears it. */
export interface Voices {
  /** Whether others speak than one person and the one that answers. */
  readonly isShared: boolean;
  /** Whether the one that answers has said it. */
  isOwn(message: Pick<StoredMessage, 'personaId' | 'isPersona'>): boolean;
  /** The words of somebody else, with a line above them that says whose they are, where that is not plain. */
  heard(message: StoredMessage, text: string): string;
}

/** A line of this form stands above what others say. In what they say themselves it is put in other brackets, so that nobody speaks in another's name. */
const forged = /^([^\S\n]*)\[(\s*from\b[^\n]*)/gim;

/** A name on one line and without the brackets of the form. */
function plainName(name: string): string {
  return name
    .replaceAll(/[[\]\p{C}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/**
 * The voices of a path. Where one person talks with one assistant nothing is added. Else what others say is a message of somebody that begins
 * with a line such as `[from Ada]`; a person who is the only one has none.
 *
 * @param self the persona that answers; null for the assistant without one
 */
export function voicesOf(path: readonly StoredMessage[], self: string | null): Voices {
  const isOwn: Voices['isOwn'] = ({ personaId, isPersona }) => (self === null ? !isPersona : personaId === self);
  const people = new Set(path.flatMap(({ role, authorId }) => (role === 'USER' ? [authorId ?? ''] : [])));
  const isShared = people.size > 1 || path.some((message) => message.role === 'ASSISTANT' && !isOwn(message));
  return {
    isShared,
    isOwn,
    heard: (message, text) => {
      if (!isShared) return text;
      const honest = text.replaceAll(forged, '$1($2');
      if (message.role === 'USER' && people.size === 1) return honest;
      const nameless = message.role === 'USER' ? 'Member' : 'Assistant';
      return `[from ${plainName(message.speaker ?? '') || nameless}]\n${honest}`;
    },
  };
}
