import type { MessageRole, Part } from '../../../prisma/generated/client.ts';
import type { EngineMessage, ToolCall } from '../../engines/engine.ts';
import { textOf } from '../message-text.ts';
import { attachedFile, type AttachedFile } from './attached-file.ts';
import { voicesOf, type Voices } from './voices.ts';
import { toolExchange, type ToolExchange } from './tool-exchange.ts';

/** A message as `path.ts` reads it: without what only people see. `text` of a part of kind FILE is what the file says; null when it, or a picture, is gone. */
export interface StoredMessage {
  readonly id: string;
  readonly role: MessageRole;
  /** How many messages stand above it. */
  readonly depth: number;
  /** The person who wrote it; null for an engine, and when the account is gone. */
  readonly authorId: string | null;
  /** The persona in whose name it was written; null for none, and when that is gone. */
  readonly personaId: string | null;
  /** The name of the persona or the person, where there is one. */
  readonly speaker: string | null;
  /** Whether it was written in the name of a persona, which may be gone. */
  readonly isPersona: boolean;
  readonly parts: readonly Pick<Part, 'kind' | 'text' | 'data'>[];
  /** What was said up to it, in short, where that has been made. */
  readonly summary: string | null;
}

/** What of a conversation stands or falls as a whole, so that no call of a tool is ever without its result. */
export interface Piece {
  /** The stored message; null for a step of the answer that is being written. */
  readonly id: string | null;
  /** How many messages stand above it. */
  readonly depth: number;
  /** One of a person; or an answer with its calls of tools and their results. */
  readonly messages: readonly EngineMessage[];
  /** The pictures of a person's message, or of an answer: those stand in its last message, which is shown as a person's. */
  readonly images: readonly AttachedFile[];
}

/** Whether a person speaks. */
export function isQuestion(piece: Piece): boolean {
  return piece.messages[0]?.role === 'user';
}

/** A fence that nothing in the text can close. */
function fenced(text: string): string {
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}

/** A file in the words of a message. */
function fileInWords({ name, mediaType, byteSize }: AttachedFile, text: string | null): string {
  const about = `File ${JSON.stringify(name)} (${mediaType}, ${byteSize} bytes)`;
  return text === null ? `[${about} was sent here and is no longer stored.]` : `${about}:\n${fenced(text)}`;
}

/** What is said in a recording, in the words of a message. No engine of ours hears. */
function soundInWords(file: AttachedFile, text: string | null): string {
  if (text === null) return fileInWords(file, null);
  const about = `Recording ${JSON.stringify(file.name)} (${file.mediaType}, ${file.byteSize} bytes)`;
  return text === '' ? `[${about} was sent here, and nobody has written down what is said in it.]` : `${about}, written down:\n${fenced(text)}`;
}

function questionPiece(message: StoredMessage, voices: Voices): Piece {
  const { id, depth, parts } = message;
  const files = parts.filter((part) => part.kind === 'FILE').map((part) => fileInWords(attachedFile.parse(part.data), part.text));
  const pictures = parts.filter((part) => part.kind === 'IMAGE').map((part) => ({ ...attachedFile.parse(part.data), isGone: part.text === null }));
  const gone = pictures.filter((picture) => picture.isGone).map((picture) => fileInWords(picture, null));
  const sounds = parts.filter((part) => part.kind === 'AUDIO').map((part) => soundInWords(attachedFile.parse(part.data), part.text));
  const images = pictures.filter((picture) => !picture.isGone);
  return { id, depth, messages: [{ role: 'user', text: voices.heard(message, [textOf(parts), ...files, ...sounds, ...gone].join('\n\n')) }], images };
}

/** One answer with its calls of tools, as the engine wrote it: text, calls, their answers, text ... */
function answerMessages(parts: StoredMessage['parts']): readonly EngineMessage[] {
  const messages: EngineMessage[] = [];
  let text = '';
  let exchanges: ToolExchange[] = [];
  const close = (): void => {
    if (text === '' && exchanges.length === 0) return;
    const toolCalls: readonly ToolCall[] = exchanges.map(({ id, name, arguments: args }) => ({ id, name, arguments: args }));
    messages.push({ role: 'assistant', text, toolCalls });
    for (const { id, name, content, isError } of exchanges) messages.push({ role: 'tool', toolCallId: id, name, content, isError });
    text = '';
    exchanges = [];
  };
  for (const part of parts) {
    if (part.kind === 'TOOL_EXCHANGE') {
      exchanges.push(toolExchange.parse(part.data));
    } else if (part.kind === 'TEXT') {
      if (exchanges.length > 0) close();
      text += part.text ?? '';
    }
  }
  close();
  return messages;
}

/** What another voice than the one that answers has said: its words alone, as a message of somebody. */
function otherPiece(message: StoredMessage, voices: Voices): readonly Piece[] {
  const { id, depth, parts } = message;
  const text = textOf(parts);
  return text === '' ? [] : [{ id, depth, messages: [{ role: 'user', text: voices.heard(message, text) }], images: [] }];
}

/**
 * An answer with the pictures that were drawn in it. No provider takes pictures of an assistant, so they are shown once more behind it, in words
 * that say where they come from.
 */
function answerPiece({ id, depth, parts }: StoredMessage): readonly Piece[] {
  const drawn = parts.filter((part) => part.kind === 'IMAGE').map((part) => ({ ...attachedFile.parse(part.data), isGone: part.text === null }));
  const said = answerMessages(parts);
  if (drawn.length === 0) return said.length === 0 ? [] : [{ id, depth, messages: said, images: [] }];
  const names = drawn.map(({ name }) => JSON.stringify(name)).join(', ');
  const words: readonly EngineMessage[] = said.length === 0 ? [{ role: 'assistant', text: `[Pictures that I drew: ${names}]`, toolCalls: [] }] : said;
  const images = drawn.filter((picture) => !picture.isGone);
  const gone = drawn.filter((picture) => picture.isGone).map((picture) => fileInWords(picture, null));
  const shown: EngineMessage = { role: 'user', text: [`[The pictures that you drew above, for you to see: ${names}]`, ...gone].join('\n\n') };
  return [{ id, depth, messages: [...words, shown], images }];
}

/**
 * The pieces of a path, oldest first; messages that say nothing to an engine are none.
 *
 * @param self the persona that answers; null for the assistant without one
 */
export function piecesOf(path: readonly StoredMessage[], self: string | null = null): readonly Piece[] {
  const voices = voicesOf(path, self);
  return path.flatMap((message): readonly Piece[] => {
    if (message.role === 'USER') return [questionPiece(message, voices)];
    if (message.role === 'ASSISTANT' && !voices.isOwn(message)) return otherPiece(message, voices);
    return message.role === 'ASSISTANT' ? answerPiece(message) : [];
  });
}

/**
 * The steps of the answer that is being written: each call with its results is one piece.
 *
 * @param messages what came after the question
 * @param depth of the answer
 */
export function stepsOf(messages: readonly EngineMessage[], depth: number): readonly Piece[] {
  const steps: EngineMessage[][] = [];
  for (const message of messages) {
    const last = steps.at(-1);
    if (message.role === 'tool' && last !== undefined) last.push(message);
    else steps.push([message]);
  }
  return steps.map((step) => ({ id: null, depth, messages: step, images: [] }));
}
