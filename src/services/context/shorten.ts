import type { EngineMessage } from '../../engines/engine.ts';
import type { Piece } from './piece.ts';

/** How many characters are left of a long result of an old turn. */
export const oldResultLength = 1_500;
/** How many are left when even the present turn is too long. */
export const tightResultLength = 300;

/** The beginning and the end of a text, and between them how much is missing; the text itself where that is no longer. */
export function shortened(text: string, length: number): string {
  const head = text.slice(0, Math.ceil(length * 0.7)).toWellFormed();
  const tail = text.slice(text.length - Math.floor(length * 0.3)).toWellFormed();
  const short = `${head}\n[... ${text.length - head.length - tail.length} characters are left out here ...]\n${tail}`;
  return short.length < text.length ? short : text;
}

/** The same piece with its results of tools shortened; itself when none is long. */
export function withShortResults(piece: Piece, length: number): Piece {
  let isChanged = false;
  const messages = piece.messages.map((message): EngineMessage => {
    if (message.role !== 'tool') return message;
    const content = shortened(message.content, length);
    isChanged ||= content !== message.content;
    return { ...message, content };
  });
  return isChanged ? { ...piece, messages } : piece;
}
