import type { EngineImage, EngineMessage } from '../../engines/engine.ts';
import type { AttachedFile } from './attached-file.ts';
import type { Piece } from './piece.ts';

/** The bytes of a picture; null when it is no longer stored. */
export type ReadImage = (image: AttachedFile) => Promise<EngineImage | null>;

/** What providers take in one request, with room for the growth of base64: 32 MB at Anthropic. */
const mostImages = 20;
const mostImageBytes = 20 * 1024 * 1024;

const imageNote = (image: AttachedFile, why: string): string => `[Picture ${JSON.stringify(image.name)}: ${why}.]`;

/** Those of the pictures that are shown: the newest, as many as go into one request. */
function chosenImages(pieces: readonly Piece[]): ReadonlySet<AttachedFile> {
  const chosen = new Set<AttachedFile>();
  let bytes = 0;
  for (const image of pieces.flatMap((piece) => piece.images).toReversed()) {
    bytes += image.byteSize;
    if (chosen.size === mostImages || bytes > mostImageBytes) break;
    chosen.add(image);
  }
  return chosen;
}

/**
 * The messages of pieces with their pictures; in place of a picture that cannot be shown stands a note.
 *
 * @param readImage null for a model that reads no pictures
 */
export async function withImages(pieces: readonly Piece[], readImage: ReadImage | null): Promise<readonly EngineMessage[]> {
  const chosen = chosenImages(pieces);
  const messages: EngineMessage[] = [];
  for (const piece of pieces) {
    // A question is one message; what was drawn in an answer stands in its last.
    const shown = piece.messages.at(-1);
    if (piece.images.length === 0 || shown?.role !== 'user') {
      messages.push(...piece.messages);
      continue;
    }
    const images: EngineImage[] = [];
    const notes: string[] = [];
    for (const image of piece.images) {
      if (readImage === null) notes.push(imageNote(image, 'this model reads no pictures'));
      else if (!chosen.has(image)) notes.push(imageNote(image, 'was shown before and is not shown again'));
      else {
        const read = await readImage(image);
        if (read === null) notes.push(imageNote(image, 'is no longer stored'));
        else images.push(read);
      }
    }
    messages.push(...piece.messages.slice(0, -1));
    messages.push({ role: 'user', text: [shown.text, ...notes].join('\n\n'), ...(images.length === 0 ? {} : { images }) });
  }
  return messages;
}

/** The same, reading each picture once. */
export function remembering(readImage: ReadImage): ReadImage {
  const read = new Map<string, Promise<EngineImage | null>>();
  return (image) => {
    const known = read.get(image.attachmentId) ?? readImage(image);
    read.set(image.attachmentId, known);
    return known;
  };
}
