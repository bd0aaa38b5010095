import { emojiValues, emoticons, type FaceValue } from './faces.ts';

/** A piece of a text. */
export type Token =
  | {
      readonly kind: 'word';
      /** Lower-cased, with straight apostrophes and without lengthened letters. */
      readonly text: string;
      /** Whether it shouts: capitals in a text that has others. */
      readonly isShouted: boolean;
      readonly isLengthened: boolean;
    }
  | { readonly kind: 'number'; readonly text: string }
  /** Something that ends a clause, or a quote; `count` signs of its kind in a row. */
  | { readonly kind: 'mark'; readonly text: string; readonly count: number }
  | { readonly kind: 'face'; readonly text: string; readonly face: FaceValue };

/** A word longer than this is no word. */
const longestWord = 60;

// Every repetition is bounded or of one class that cannot be split in two ways, so the scan is linear. A host name stays one token.
const piece = new RegExp(
  [
    String.raw`(?<code>\u0060\u0060\u0060[^\u0060]*(?:\u0060\u0060\u0060)?|\u0060[^\u0060\n]{1,200}\u0060)`,
    String.raw`(?<skip>https?:\/\/\S+|www\.\S+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|@\w+|[\w-]{1,64}\.(?:txt|[jt]sx?|py|csv|json|md|html?|css|pdf|docx?|xlsx?|png|jpe?g|gif|mp[34]|zip|exe|java|cpp|ya?ml|toml|log|sh|sql|com|org|net|io)(?![\w]))`,
    String.raw`(?<number>\d[\d.,:/%°]*)`,
    String.raw`(?<word>\p{L}[\p{L}\p{M}\p{N}_]*(?:['’\-]\p{L}[\p{L}\p{M}\p{N}_]*){0,4})`,
    String.raw`(?<emoji>\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?(?:\u200D\p{Extended_Pictographic}\uFE0F?){0,4})`,
    String.raw`(?<mark>\n+|!+|\?+|\.+|,|;|:|…|["“”„«»]|\(|\)|[—–]|\/s(?![\w/]))`,
  ].join('|'),
  'uy',
);

/** An apostrophe within a word stays; lengthened letters go. */
function plain(word: string): { readonly text: string; readonly isLengthened: boolean } {
  const lower = word.toLowerCase().replaceAll('’', "'");
  const isLengthened = /(\p{L})\1\1/u.test(lower);
  return { text: isLengthened ? lower.replace(/(\p{L})\1{2,}/gu, '$1$1') : lower, isLengthened };
}

function faceAt(text: string, index: number): { readonly text: string; readonly face: FaceValue } | null {
  const before = text[index - 1];
  for (const [sign, face] of emoticons) {
    if (!text.startsWith(sign, index)) continue;
    const after = text[index + sign.length];
    // In `3:1`, `a:b` and `(8)` the signs mean something else; a face stands apart, at least in front.
    const standsApart = before === undefined || /[\s.!?,)]/.test(before) || (/^[:;][-']?[()]/.test(sign) && /\p{L}/u.test(before));
    if (standsApart && (after === undefined || !/[\p{L}\p{N}/]/u.test(after))) return { text: sign, face };
  }
  return null;
}

/**
 * Takes a text apart. Code, addresses and mentions are left out. Takes time in proportion to the text.
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const isAllCapitals = !/\p{Ll}/u.test(text);
  let index = 0;
  while (index < text.length) {
    const char = text[index] ?? '';
    const found = ":;=x<>'(^d-\\o8/".includes(char.toLowerCase()) ? faceAt(text, index) : null;
    if (found !== null) {
      tokens.push({ kind: 'face', ...found });
      index += found.text.length;
      continue;
    }
    piece.lastIndex = index;
    const match = piece.exec(text);
    if (match === null) {
      index += 1;
      continue;
    }
    index += Math.max(1, match[0].length);
    const { number, word, emoji, mark } = match.groups ?? {};
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined && word.length <= longestWord) {
      const isShouted = !isAllCapitals && word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase();
      tokens.push({ kind: 'word', ...plain(word), isShouted });
    } else if (emoji !== undefined) {
      const face = emojiValues.get(String.fromCodePoint(emoji.codePointAt(0) ?? 0));
      if (face !== undefined) tokens.push({ kind: 'face', text: emoji, face });
    } else if (mark !== undefined) {
      tokens.push({ kind: 'mark', text: /^[“”„«»]/.test(mark) ? '"' : mark === '/s' ? mark : (mark[0] ?? ''), count: mark.length });
    }
  }
  return tokens;
}
