import type { Json, JsonObject } from '../../base/json.ts';
import type { RunWriter } from '../../events/run-log.ts';
import type { ToolRecorder } from '../run-tool.ts';
import type { RunDependencies } from './deps.ts';
import type { ToolExchange } from './history.ts';
import { outlast } from './outlast.ts';

/** A part that is not text. */
type DataPart = { readonly kind: 'QUERY_RESULT' | 'PLOT'; readonly data: JsonObject };

/** The message of a run while it is being written: what is streamed is what is stored. */
export interface Answer extends ToolRecorder {
  /** Appends text, which streams as a delta. */
  text(piece: string): void;
  /** Keeps a call of a tool with its answer, for the turns to come. */
  addExchange(exchange: ToolExchange): Promise<void>;
  /** The last text part, which is stored with the end of the run; null when it has been stored already. Only after `writer.flushed()`. */
  openPart(): { readonly id: string; readonly position: number; readonly text: string } | null;
}

/** PostgreSQL's JSON cannot hold U+0000, nor its text; halves of surrogate pairs are no text either. */
function storable(text: string): string {
  if (text.isWellFormed() && !text.includes('\u0000')) return text;
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Creates the answer of a run that has written nothing yet. */
export function createAnswer({ prisma, newId }: Pick<RunDependencies, 'prisma' | 'newId'>, messageId: string, writer: RunWriter): Answer {
  let position = 0;
  let text = '';
  let heldBack = '';
  let lastStatus = '';

  /** Stores the text so far, once all its deltas are, and the part after it. */
  const storeParts = async (kind: DataPart['kind'] | 'TOOL_EXCHANGE', data: { readonly [key: string]: Json }): Promise<string> => {
    await writer.flushed();
    const closed = text === '' ? [] : [{ id: newId(), messageId, position, kind: 'TEXT' as const, text }];
    const id = newId();
    const clean = JSON.parse(JSON.stringify(data), (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value));
    const next = { id, messageId, position: position + closed.length, kind, data: clean };
    await outlast(async () => prisma.part.createMany({ data: [...closed, next], skipDuplicates: true }), writer.lost);
    position = next.position + 1;
    text = '';
    return id;
  };

  return {
    text: (piece) => {
      // Half of a surrogate pair waits for its other half, so that no delta is cut inside a character.
      const whole = heldBack + piece;
      const isCut = isHighSurrogate(whole.charCodeAt(whole.length - 1));
      heldBack = isCut ? whole.slice(-1) : '';
      const ready = storable(isCut ? whole.slice(0, -1) : whole);
      if (ready === '') return;
      text += ready;
      writer.appendText(position, ready);
    },
    status: (status) => {
      // Said twice in a row it is no change.
      if (status === lastStatus) return;
      lastStatus = status;
      writer.append({ type: 'StatusChanged', status: storable(status) });
    },
    addPart: async ({ kind, data }) => {
      const partId = await storeParts(kind, data);
      writer.append(kind === 'PLOT' ? { type: 'PlotReady', partId } : { type: 'QueryResultReady', partId });
    },
    addExchange: async (exchange) => {
      await storeParts('TOOL_EXCHANGE', exchange);
    },
    openPart: () => (text === '' ? null : { id: newId(), position, text }),
  };
}
