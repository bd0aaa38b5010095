/** A value of a document, as its bytes. */
export interface JsonElement {
  /** The name of the member of the document; null in a document that is an array. */
  readonly key: string | null;
  /** Its place among those of the same array, from 0; 0 for a value that is in none. */
  readonly index: number;
  /** Null where it is larger, or nested more deeply, than it may be. */
  readonly bytes: Buffer | null;
  readonly byteCount: number;
}

/** How a document is taken apart. */
export interface JsonElementsOptions {
  /** Larger values are passed over. */
  readonly maxElementBytes: number;
  /** Values that are nested more deeply are passed over. */
  readonly maxDepth: number;
  /** The members of an object whose arrays are taken apart as well. */
  readonly lists?: readonly string[];
}

/** A document that is no JSON, or ends too early. */
export class JsonDocumentError extends Error {
  override readonly name = 'JsonDocumentError';
}

const longestKey = 1_000;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** What may come next, outside of a value. */
type Place = 'start' | 'valueOrEnd' | 'value' | 'commaOrEnd' | 'keyOrEnd' | 'key' | 'colon' | 'end';

/** Where in the frame of the document we are. */
interface Frame {
  place: Place;
  isObject: boolean;
  /** Whether we are in one of the arrays of an object that are taken apart. */
  isInList: boolean;
  key: string | null;
  index: number;
  offset: number;
}

/** A value that is being gathered. */
interface Open {
  readonly kind: 'container' | 'string' | 'scalar';
  readonly isKey: boolean;
  depth: number;
  isInString: boolean;
  isEscaped: boolean;
  isTooDeep: boolean;
  byteCount: number;
  /** Null where it is larger or deeper than it may be. */
  pieces: Buffer[] | null;
}

/**
 * The elements of a document that is an array, or the members of one that is an object, one after the other, however large the document is:
 * what is held is one value. Only the frame is checked here, the values themselves by whoever parses them.
 *
 * @param source the bytes, in UTF-8, with or without a byte order mark
 * @throws JsonDocumentError for what is no array and no object, for another encoding, and at the place where the document breaks off
 */
export async function* jsonElements(source: AsyncIterable<Buffer>, options: JsonElementsOptions): AsyncGenerator<JsonElement> {
  const { maxElementBytes, maxDepth, lists = [] } = options;
  const frame: Frame = { place: 'start', isObject: false, isInList: false, key: null, index: 0, offset: 0 };
  let open: Open | null = null;

  const broken = (what: string): JsonDocumentError => new JsonDocumentError(`${what} (at byte ${frame.offset})`);

  const begin = (kind: Open['kind'], isKey: boolean): Open => ({
    kind,
    isKey,
    depth: 0,
    isInString: false,
    isEscaped: false,
    isTooDeep: false,
    byteCount: 0,
    pieces: [],
  });

  /** Gathers the bytes of the open value from a position on; gives where it ends, or -1 where it goes on in the next chunk. */
  function gather(value: Open, chunk: Buffer, from: number): number {
    let at = from;
    let isOver = false;
    if (value.kind === 'scalar') {
      while (at < chunk.length && !isOver) {
        const byte = chunk[at] ?? 0;
        if (isSpace(byte) || byte === comma || byte === closeBracket || byte === closeBrace) isOver = true;
        else at += 1;
      }
    } else {
      let { depth, isInString, isEscaped } = value;
      while (at < chunk.length && !isOver) {
        const byte = chunk[at] ?? 0;
        at += 1;
        if (isInString) {
          if (isEscaped) isEscaped = false;
          else if (byte === backslash) isEscaped = true;
          else if (byte === quote) {
            isInString = false;
            isOver = depth === 0;
          } else {
            // Most of a document is the inside of texts.
            let next = chunk[at] ?? quote;
            while (next !== quote && next !== backslash) {
              at += 1;
              next = chunk[at] ?? quote;
            }
          }
        } else if (byte === quote) isInString = true;
        else if (byte === openBrace || byte === openBracket) {
          depth += 1;
          if (depth > maxDepth) value.isTooDeep = true;
        } else if (byte === closeBrace || byte === closeBracket) {
          depth -= 1;
          isOver = depth === 0;
        }
      }
      Object.assign(value, { depth, isInString, isEscaped });
    }
    value.byteCount += at - from;
    const most = value.isKey ? longestKey : maxElementBytes;
    if (value.byteCount > most || value.isTooDeep) value.pieces = null;
    if (at > from) value.pieces?.push(chunk.subarray(from, at));
    return isOver ? at : -1;
  }

  function closed(value: Open): JsonElement {
    const element = { key: frame.key, index: frame.index, byteCount: value.byteCount, bytes: value.pieces === null ? null : Buffer.concat(value.pieces) };
    frame.index += 1;
    frame.place = 'commaOrEnd';
    return element;
  }

  function closedKey(value: Open): void {
    if (value.pieces === null) throw broken(`The name of a member has more than ${longestKey} bytes`);
    try {
      frame.key = String(JSON.parse(Buffer.concat(value.pieces).toString()));
    } catch {
      throw broken('The name of a member is no text');
    }
    frame.place = 'colon';
  }

  /** Takes one byte between values; gives the value that begins with it. */
  function step(byte: number): Open | null {
    const isInObject = frame.isObject && !frame.isInList;
    switch (frame.place) {
      case 'start':
        if (byte !== openBracket && byte !== openBrace) throw broken('This is no JSON: it begins with neither "[" nor "{"');
        frame.isObject = byte === openBrace;
        frame.place = frame.isObject ? 'keyOrEnd' : 'valueOrEnd';
        return null;
      case 'keyOrEnd':
      case 'key':
        if (byte === quote) return begin('string', true);
        if (byte !== closeBrace || frame.place === 'key') throw broken('The name of a member is missing');
        frame.place = 'end';
        return null;
      case 'colon':
        if (byte !== colon) throw broken('A ":" is missing');
        frame.index = 0;
        frame.place = 'value';
        return null;
      case 'valueOrEnd':
      case 'value':
        if (byte === closeBracket && frame.place === 'valueOrEnd') return endArray();
        if (byte === openBracket && isInObject && lists.includes(frame.key ?? '')) {
          frame.isInList = true;
          frame.place = 'valueOrEnd';
          return null;
        }
        if (byte === comma || byte === colon || byte === closeBracket || byte === closeBrace) throw broken('A value is missing');
        return begin(byte === quote ? 'string' : byte === openBrace || byte === openBracket ? 'container' : 'scalar', false);
      case 'commaOrEnd':
        if (byte === closeBracket && !isInObject) return endArray();
        if (byte === closeBrace && isInObject) frame.place = 'end';
        else if (byte === comma) frame.place = isInObject ? 'key' : 'value';
        else throw broken('A "," is missing');
        return null;
      case 'end':
        throw broken('Something stands behind the end of the document');
      default:
        return frame.place satisfies never;
    }
  }

  function endArray(): null {
    frame.place = frame.isInList ? 'commaOrEnd' : 'end';
    frame.isInList = false;
    return null;
  }

  for await (const chunk of withoutMark(source)) {
    let at = 0;
    while (at < chunk.length) {
      if (open === null) {
        const byte = chunk[at] ?? 0;
        open = isSpace(byte) ? null : step(byte);
        if (open === null) {
          at += 1;
          frame.offset += 1;
          continue;
        }
      }
      const value = open;
      const end = gather(value, chunk, at);
      frame.offset += (end < 0 ? chunk.length : end) - at;
      if (end < 0) break;
      at = end;
      open = null;
      if (value.isKey) closedKey(value);
      else yield closed(value);
    }
  }
  if (frame.place !== 'end') throw broken('The document breaks off');
}

/** The bytes without a byte order mark, once it is sure that they are no other encoding. */
async function* withoutMark(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of source) {
    if (head === null) yield chunk;
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length < 4) continue;
      yield checkedHead(head);
      head = null;
    }
  }
  if (head !== null) yield checkedHead(head);
}

function checkedHead(head: Buffer): Buffer {
  const [first = 1, second = 1, third = 1] = head;
  if (first === 0xef && second === 0xbb && third === 0xbf) return head.subarray(3);
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe) || head.subarray(0, 4).includes(0))
    throw new JsonDocumentError('This is not UTF-8, as JSON must be; it looks like UTF-16 or UTF-32');
  return head;
}
