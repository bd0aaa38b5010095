import type { Json } from '../../base/json.ts';
import type { RunEventData } from '../../events/run-event.ts';
import type { RunWriter } from '../../events/run-log.ts';
import type { ToolExchange } from '../context/tool-exchange.ts';
import type { AddedPart, ToolRecorder } from '../run-tool.ts';
import type { RunDependencies } from './deps.ts';
import type { WrittenPart } from './end-statement.ts';
import { outlast } from './outlast.ts';

/** The message of a run while it is being written: what is streamed is what is stored. */
export interface Answer extends ToolRecorder {
  /** Appends text, which streams as a delta. */
  text(piece: string): void;
  /** Appends what the model thinks before it answers, which streams as a delta of its own kind and is a part of its own. */
  reasoning(piece: string): void;
  /** Keeps a call of a tool with its answer, for the turns to come. */
  addExchange(exchange: ToolExchange): Promise<void>;
  /** Whether it has said anything in words. */
  hasWords(): boolean;
  /** The last parts, which are stored with the end of the run; none when all have been stored already. Only after `writer.flushed()`. */
  openParts(): readonly WrittenPart[];
}

/** What tells of a part that was added. */
function addedEvent(part: AddedPart, partId: string): RunEventData {
  switch (part.kind) {
    case 'QUERY_RESULT':
      return { type: 'QueryResultReady', partId };
    case 'PLOT':
      return { type: 'PlotReady', partId };
    case 'CITATION':
      return { type: 'CitationReady', partId };
    case 'IMAGE':
      return { type: 'ImageReady', partId };
    case 'PLAN_PROPOSAL':
      return { type: 'PlanProposed', partId, isApplied: part.isApplied };
    default:
      return part satisfies never;
  }
}

/** PostgreSQL's JSON cannot hold U+0000, nor its text; halves of surrogate pairs are no text either. */
function storable(text: string): string {
  if (text.isWellFormed() && !text.includes('\u0000')) return text;
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/**
 * Creates the answer of a run.
 *
 * @param firstPosition where its next part goes: behind those that another process has stored; 0, for one that has written nothing, by default
 */
export function createAnswer({ prisma, newId }: Pick<RunDependencies, 'prisma' | 'newId'>, messageId: string, writer: RunWriter, firstPosition = 0): Answer {
  const heldBack = { TEXT: '', REASONING: '' };
  /** Parts that are complete, and wait for the next one that is stored at once. */
  let closed: WrittenPart[] = [];
  let kind: WrittenPart['kind'] = 'TEXT';
  let position = firstPosition;
  let text = '';
  let lastStatus = '';
  let hasWords = false;

  const close = (): void => {
    if (text === '') return;
    closed.push({ id: newId(), position, kind, text });
    position += 1;
    text = '';
  };

  const write = (nextKind: WrittenPart['kind'], piece: string): void => {
    // Half of a surrogate pair waits for its other half, so that no delta is cut inside a character.
    const whole = heldBack[nextKind] + piece;
    const isCut = isHighSurrogate(whole.charCodeAt(whole.length - 1));
    heldBack[nextKind] = isCut ? whole.slice(-1) : '';
    const ready = storable(isCut ? whole.slice(0, -1) : whole);
    if (ready === '') return;
    if (nextKind !== kind) close();
    kind = nextKind;
    text += ready;
    hasWords = true;
    writer.appendText(position, ready, kind === 'TEXT' ? 'TextDelta' : 'ReasoningDelta');
  };

  /** Stores the text so far, once all its deltas are, and the part after it. */
  const storeParts = async (stored: AddedPart['kind'] | 'TOOL_EXCHANGE', data: { readonly [key: string]: Json }, id = newId()): Promise<string> => {
    await writer.flushed();
    close();
    const clean = JSON.parse(JSON.stringify(data), (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value));
    const before = closed.map((part) => ({ ...part, messageId }));
    const next = { id, messageId, position, kind: stored, data: clean };
    await outlast(async () => prisma.part.createMany({ data: [...before, next], skipDuplicates: true }), writer.lost);
    closed = [];
    position += 1;
    return id;
  };

  return {
    text: (piece) => write('TEXT', piece),
    reasoning: (piece) => write('REASONING', piece),
    status: (status) => {
      // Said twice in a row it is no change.
      if (status === lastStatus) return;
      lastStatus = status;
      writer.append({ type: 'StatusChanged', status: storable(status) });
    },
    addPart: async (part) => {
      const partId = await storeParts(part.kind, part.data, part.kind === 'PLAN_PROPOSAL' ? part.id : undefined);
      writer.append(addedEvent(part, partId));
    },
    addExchange: async (exchange) => {
      await storeParts('TOOL_EXCHANGE', exchange);
    },
    hasWords: () => hasWords,
    openParts: () => {
      close();
      return closed;
    },
  };
}
