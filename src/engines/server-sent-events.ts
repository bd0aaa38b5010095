import { abortable, delay } from '../base/async.ts';
import { NetworkError, ProtocolError } from './faults.ts';

/** One event of an event stream; comments are no events. */
export interface SentEvent {
  /** The name that came with it; null for none. */
  readonly event: string | null;
  /** Its data lines, joined. */
  readonly data: string;
}

/** What is told about the reading of a body. */
export interface ReadingPace {
  /** The next bytes are being waited for. */
  onWait(): void;
  /** Bytes, also those of comments and pings, have come, or the body has ended. */
  onBytes(): void;
}

/** The most characters of one event. A provider that sends more without an end would fill the memory. */
const maxEventCharacters = 2 * 1024 * 1024;

/** How long a body may take to end after its last event, so that its connection can be used again, in milliseconds. */
const lingerMs = 250;

/** How a stream is cut into events: as server-sent events, or as lines of which each is one. */
export type Framing = 'SERVER_SENT_EVENTS' | 'LINES';

/** Cuts text into events. */
interface EventParser {
  push(text: string): readonly SentEvent[];
  /** What is left when the text has ended. */
  end(): readonly SentEvent[];
}

/** Refuses to keep an event that does not end. */
function checkLength(characters: number, most: number): void {
  if (characters > most) throw new ProtocolError(`sent an event of more than ${most} characters`);
}

/** Cuts text into lines; empty ones are no events. */
function createLineParser(most: number): EventParser {
  let rest = '';
  const push = (text: string): readonly SentEvent[] => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    checkLength(rest.length, most);
    return lines.filter((line) => line.trim() !== '').map((data) => ({ event: null, data }));
  };
  return { push, end: () => push('\n') };
}

/** Cuts text into events as https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream says. */
function createEventParser(most: number): EventParser {
  let rest = '';
  let event: string | null = null;
  let data: string[] = [];

  const takeLine = (line: string, events: SentEvent[]): void => {
    if (line === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n') });
      event = null;
      data = [];
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const raw = colon === -1 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
  };
  const push = (text: string): readonly SentEvent[] => {
    const events: SentEvent[] = [];
    const pieces = `${rest}${text}`.split(/\r\n|\n|\r(?!$)/);
    rest = pieces.pop() ?? '';
    for (const line of pieces) takeLine(line, events);
    checkLength(rest.length + data.reduce((sum, line) => sum + line.length, 0), most);
    return events;
  };
  // The specification drops an event without its empty line; servers are known to end on `data: [DONE]` without one.
  return { push, end: () => push('\n\n') };
}

/** Lets a body end by itself for a moment, then cuts it. */
async function letGo(reader: ReadableStreamDefaultReader<Uint8Array>, isCut: boolean): Promise<void> {
  const limit = new AbortController();
  const drain = async (): Promise<void> => {
    while (!limit.signal.aborted && !(await reader.read()).done);
  };
  try {
    if (!isCut) await Promise.race([drain(), delay(lingerMs, limit.signal)]);
  } catch {
    // The stream has had its say; how its connection dies concerns nobody.
  } finally {
    limit.abort();
    await reader.cancel().catch(() => {});
  }
}

/**
 * Reads the events of a body.
 *
 * @param body of a response; null counts as empty
 * @param signal cuts the connection
 * @param mostCharacters of one event; 2 Mi by default, which is plenty for words
 * @throws NetworkError when the connection breaks, ProtocolError for an event without end, or the reason of the signal
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array> | null,
  framing: Framing,
  pace: ReadingPace,
  signal: AbortSignal,
  mostCharacters = maxEventCharacters,
): AsyncGenerator<SentEvent, void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = framing === 'LINES' ? createLineParser(mostCharacters) : createEventParser(mostCharacters);
  let hasEnded = false;
  try {
    while (!hasEnded) {
      pace.onWait();
      const { done, value } = await abortable(reader.read(), signal).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : new NetworkError(error);
      });
      pace.onBytes();
      hasEnded = done;
      yield* parser.push(decoder.decode(value, { stream: !done }));
    }
    yield* parser.end();
  } finally {
    // Not awaited: the answer is complete, and only the connection is left to deal with.
    if (!hasEnded) void letGo(reader, signal.aborted);
  }
}
