import type { Judgement } from '../base/sentiment.ts';
import { judgementOf, jsonIn } from './model-reply.ts';

/** Reads `{"answer": "...", "sentiment": {...}}` while it is being written. */
export interface AnswerReader {
  /** Takes a piece, cut anywhere, and gives what of the answer's text it brings. */
  push(piece: string): string;
  /** Takes the end: what is still to be shown, and the judgement; null when there is none that can be read. */
  end(): { readonly rest: string; readonly judgement: Judgement | null };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\', '/': '/' };

/** Decodes the inside of a JSON string, character by character. */
function createStringDecoder() {
  let escape = '';
  return {
    /** What a character adds; null when it ends the string. */
    take(char: string): string | null {
      if (escape === '') {
        if (char === '"') return null;
        if (char !== '\\') return char;
        escape = char;
        return '';
      }
      if (escape === '\\' && char !== 'u') {
        escape = '';
        // Not an escape of JSON: what was meant is the character itself.
        return escapes[char] ?? char;
      }
      escape += char;
      if (escape.length < 6) return '';
      const code = Number.parseInt(escape.slice(2), 16);
      const isHex = /^[\da-f]{4}$/i.test(escape.slice(2));
      const written = escape;
      escape = '';
      return isHex ? String.fromCharCode(code) : written;
    },
  };
}

/** What the reader is inside of. Outside of strings only depth and keys matter. */
type Place = 'beginning' | 'words' | 'structure' | 'string' | 'answer';

/**
 * Creates a reader. A text that does not begin like JSON is shown as it is, and so is JSON that has no answer: a model that does not do as
 * it was told has still answered. Whatever the pieces are, the text is the same.
 */
export function createAnswerReader(): AnswerReader {
  let whole = '';
  let shown = '';
  let place: Place = 'beginning';
  let beginning = '';
  let depth = 0;
  let string = '';
  let key = '';
  let isKeyNext = true;
  let decoder = createStringDecoder();

  const openString = (): void => {
    decoder = createStringDecoder();
    string = '';
    place = depth === 1 && !isKeyNext && key === 'answer' && shown === '' ? 'answer' : 'string';
  };
  const takeStructure = (char: string): void => {
    if (char === '"') openString();
    else if (char === '{' || char === '[') {
      depth += 1;
      isKeyNext = char === '{';
    } else if (char === '}' || char === ']') depth -= 1;
    else if (char === ':') isKeyNext = false;
    else if (char === ',') isKeyNext = true;
  };
  /** Before the first brace there may be white space, a byte order mark and the opening of a code fence. */
  const takeBeginning = (char: string): string => {
    beginning += char;
    if (char === '{' && /^[\s\uFEFF]*(`{3}\s*(json)?\s*)?\{$/i.test(beginning)) {
      place = 'structure';
      takeStructure(char);
      return '';
    }
    if (/^[\s\uFEFF]*(`{0,3}|`{3}\s*(j|js|jso|json)?\s*)$/i.test(beginning) && beginning.length < 64) return '';
    place = 'words';
    return beginning;
  };
  const take = (char: string): string => {
    switch (place) {
      case 'beginning':
        return takeBeginning(char);
      case 'words':
        return char;
      case 'structure':
        takeStructure(char);
        return '';
      case 'answer': {
        const text = decoder.take(char);
        if (text === null) place = 'structure';
        return text ?? '';
      }
      case 'string': {
        const text = decoder.take(char);
        if (text !== null) string += text;
        else {
          place = 'structure';
          if (isKeyNext && depth === 1) key = string;
        }
        return '';
      }
      default:
        return place satisfies never;
    }
  };

  return {
    push: (piece) => {
      whole += piece;
      let text = '';
      // By code unit: an escaped pair of surrogates comes as two, and the answer joins them.
      for (let index = 0; index < piece.length; index += 1) text += take(piece.charAt(index));
      shown += text;
      return text;
    },
    end: () => {
      const json = place === 'words' ? undefined : jsonIn(whole);
      const inside =
        typeof json === 'object' && json !== null && 'sentiment' in json ? json.sentiment : jsonIn(/"sentiment"\s*:\s*(\{[^{}]*\})/.exec(whole)?.[1] ?? '');
      const hasAnswer = shown !== '' || (typeof json === 'object' && json !== null && 'answer' in json && json.answer === '');
      return { rest: hasAnswer ? '' : whole, judgement: judgementOf(inside) };
    },
  };
}
