import { estimateTokenCount } from 'tokenx';

const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });
/** Full stops that end no sentence. */
const abbreviation =
  /(?:^|[\s(])(?:\p{Lu}|e\.g|i\.e|etc|vs|cf|no|nos|fig|figs|eq|al|mr|mrs|ms|dr|prof|st|sr|jr|inc|ltd|co|vol|pp?|ca|bzw|z\.b|d\.h|usw|abb|nr)\.\s*$/iu;

/** How many tokens a text has, about. */
export function tokensOf(text: string): number {
  return estimateTokenCount(text);
}

/** The sentences of a text, by Unicode's rules (UAX #29), without the breaks behind abbreviations. Together they are the text but for blanks. */
export function sentencesOf(text: string): readonly string[] {
  const sentences: string[] = [];
  let open = '';
  for (const { segment } of segmenter.segment(text)) {
    open += segment;
    if (abbreviation.test(open)) continue;
    if (open.trim() !== '') sentences.push(open.trim());
    open = '';
  }
  if (open.trim() !== '') sentences.push(open.trim());
  return sentences;
}

/** Cuts what has no sentences into pieces of at most some tokens, between words where there are any. */
export function cutLong(text: string, maxTokens: number): readonly string[] {
  // A token has about four letters in alphabets and one in syllabaries; what cannot be cut at a blank is cut anywhere.
  const pieces: string[] = [];
  let open = '';
  for (const word of text.split(/(?<=\s)/)) {
    for (let rest = word; rest !== '';) {
      const piece = rest.slice(0, maxTokens).toWellFormed();
      rest = rest.slice(piece.length);
      if (open !== '' && tokensOf(open + piece) > maxTokens) {
        pieces.push(open.trim());
        open = '';
      }
      open += piece;
    }
  }
  if (open.trim() !== '') pieces.push(open.trim());
  return pieces;
}
