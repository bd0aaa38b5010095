import type { Block } from '../child/block.ts';
import type { Passage } from '../document.ts';
import { cutLong, sentencesOf, tokensOf } from './sentences.ts';

/** How long passages are, in tokens. */
export interface PassageSizes {
  /** A passage is closed when what comes next would make it longer. */
  readonly target: number;
  /** How much of the end of a passage the next one of the same section begins with, in whole sentences. */
  readonly overlap: number;
}

/** Long enough to be understood by itself, short enough to be about one thing. */
export const passageSizes: PassageSizes = { target: 240, overlap: 40 };

/** A sentence, a paragraph or a row: what is not cut any more. */
interface Piece {
  readonly text: string;
  /** What stands between it and the one before. */
  readonly glue: ' ' | '\n' | '\n\n';
  readonly tokens: number;
  readonly page: number | null;
  readonly row: number | null;
}

/** The pieces of a block: whole where it fits, else its sentences, and those that are too long cut between words. */
function piecesOf(block: Exclude<Block, { kind: 'heading' }>, { target }: PassageSizes): readonly Piece[] {
  const place = { page: block.kind === 'text' ? (block.page ?? null) : null, row: block.kind === 'row' ? block.row : null };
  const glue = block.kind === 'row' ? '\n' : '\n\n';
  const tokens = tokensOf(block.text);
  if (tokens <= target) return [{ text: block.text, glue, tokens, ...place }];
  // Lines of code and lists are the sentences of what has lines.
  const parts = /\n/.test(block.text) ? block.text.split('\n').filter((line) => line.trim() !== '') : sentencesOf(block.text);
  const inner = /\n/.test(block.text) ? '\n' : ' ';
  return parts
    .flatMap((part) => (tokensOf(part) <= target ? [part] : cutLong(part, target)))
    .map((text, index) => ({ text, glue: index === 0 ? glue : inner, tokens: tokensOf(text), ...place }));
}

/** The last pieces of a passage that are short enough to be said again. */
function endOf(pieces: readonly Piece[], { overlap }: PassageSizes): readonly Piece[] {
  const end: Piece[] = [];
  let tokens = 0;
  for (const piece of pieces.toReversed()) {
    tokens += piece.tokens;
    if (piece.row !== null || tokens > overlap) break;
    end.unshift(piece);
  }
  return end.length === pieces.length ? [] : end;
}

function passageOf(pieces: readonly Piece[], headings: readonly string[]): Passage {
  const [first] = pieces;
  const last = pieces.at(-1);
  const text = pieces.reduce((joined, { text: piece, glue }) => (joined === '' ? piece : joined + glue + piece), '');
  return {
    text,
    headings,
    page: first?.page ?? null,
    pageEnd: last?.page ?? null,
    row: first?.row ?? null,
    rowEnd: last?.row ?? null,
    tokenCount: tokensOf(text),
  };
}

/**
 * Cuts a document into passages by its structure: none reaches over a heading; paragraphs stay whole where they fit, else sentences do. The
 * same blocks always give the same passages.
 *
 * @param sizes in tokens; `passageSizes` by default
 */
export function cutIntoPassages(blocks: readonly Block[], sizes: PassageSizes = passageSizes): readonly Passage[] {
  const passages: Passage[] = [];
  let path: { readonly level: number; readonly text: string }[] = [];
  let open: Piece[] = [];
  let isNew = false;
  /** A heading that nothing has stood under yet. */
  let bare: Extract<Block, { kind: 'heading' }> | null = null;

  const close = (isSectionOver: boolean): void => {
    if (isNew && open.length > 0)
      passages.push(
        passageOf(
          open,
          path.map(({ text }) => text),
        ),
      );
    open = isSectionOver ? [] : [...endOf(open, sizes)];
    isNew = false;
  };
  const add = (piece: Piece): void => {
    const length = open.reduce((sum, { tokens }) => sum + tokens, 0);
    if (isNew && length + piece.tokens > sizes.target) close(false);
    // What is said again must not make it too long either.
    while (open.length > 0 && open.reduce((sum, { tokens }) => sum + tokens, piece.tokens) > sizes.target) open.shift();
    open.push(piece);
    isNew = true;
  };
  /** What has headings and no text, as slides do, is found by its headings. */
  const keepBare = (next: number): void => {
    if (bare === null || next > bare.level) return;
    add({ text: bare.text, glue: '\n\n', tokens: tokensOf(bare.text), page: bare.page ?? null, row: null });
  };

  for (const block of blocks) {
    if (block.kind === 'heading') {
      keepBare(block.level);
      close(true);
      path = [...path.filter(({ level }) => level < block.level), { level: block.level, text: block.text }];
      bare = block;
      continue;
    }
    bare = null;
    for (const piece of piecesOf(block, sizes)) add(piece);
  }
  keepBare(0);
  close(true);
  return passages;
}
