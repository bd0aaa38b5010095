import { z } from 'zod';
import type { DocumentMessage } from '../../export-archive/formats.ts';
import { chatgptMessage, piecesOfMessage, type ChatgptMessage, type ChatgptPiece } from './chatgpt-content.ts';
import {
  exchangePiece,
  headOf,
  messageOf,
  partsOf,
  unknownMoment,
  type Piece,
  type SourceConversation,
  type SourceFile,
  type Tell,
} from './source-conversation.ts';
import { orderTree } from './tree.ts';

/** What somebody thought of answers of ChatGPT, by the id of the message. */
export type ChatgptFeedback = ReadonlyMap<string, NonNullable<DocumentMessage['feedback']>>;

const conversation = z.object({
  id: z.string().nullish().catch(null),
  conversation_id: z.string().nullish().catch(null),
  title: z.string().nullish().catch(null),
  create_time: z.number().nullish().catch(null),
  update_time: z.number().nullish().catch(null),
  mapping: z.record(z.string(), z.unknown()),
  current_node: z.string().nullish().catch(null),
  is_archived: z.boolean().nullish().catch(null),
  is_starred: z.boolean().nullish().catch(null),
  pinned_time: z.number().nullish().catch(null),
});
const node = z.object({ message: z.unknown(), parent: z.string().nullish() });

/** Whether a value of a document is a conversation of ChatGPT. */
export function isChatgptConversation(value: unknown): boolean {
  return z.object({ mapping: z.record(z.string(), z.unknown()) }).safeParse(value).success;
}

const momentOf = (seconds: number | null | undefined): Date | null => {
  const date = new Date((seconds ?? Number.NaN) * 1_000);
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? null : date;
};

/** A node that says something. */
interface Saying {
  readonly id: string;
  readonly parentId: string | null;
  readonly message: ChatgptMessage;
  readonly pieces: readonly ChatgptPiece[];
}

/** What becomes one message here: what a person said, or all that an engine said and did until the next word of a person. */
interface Turn {
  readonly parentId: string | null;
  readonly sayings: Saying[];
}

const isAnswer = ({ message }: Saying): boolean => message.author.role !== 'user';

/** The messages of a mapping that say something, each after the one that it follows. */
function sayingsOf(mapping: Readonly<Record<string, unknown>>, files: Map<string, SourceFile>, tell: Tell): readonly Saying[] {
  const nodes = Object.entries(mapping).flatMap(([id, value]) => {
    const parsed = node.safeParse(value);
    if (!parsed.success) tell('An entry of the tree cannot be read.');
    return parsed.success ? [{ id, parentId: parsed.data.parent ?? null, message: parsed.data.message ?? null }] : [];
  });
  const tree = orderTree(nodes);
  if (tree.cutCount > 0)
    tell('Messages that follow themselves, or a message that is not there, stand at the beginning of a branch of their own.', tree.cutCount);
  // What says nothing is left out of the tree: what follows it follows what stands above it.
  const nearest = new Map<string, string | null>();
  const sayings: Saying[] = [];
  for (const { id, message } of tree.nodes) {
    const above = tree.parents.get(id) ?? null;
    const parentId = above === null ? null : (nearest.get(above) ?? null);
    nearest.set(id, parentId);
    if (message === null) continue;
    const parsed = chatgptMessage.safeParse(message);
    if (!parsed.success) {
      tell('A message cannot be read.');
      continue;
    }
    if (parsed.data.author.role === 'system') {
      if (parsed.data.content.content_type !== 'text' || (parsed.data.content.parts ?? []).some((part) => part !== ''))
        tell('Instructions to the model are not taken over.');
      continue;
    }
    if (parsed.data.content.content_type === 'user_editable_context' || parsed.data.content.content_type === 'model_editable_context') {
      tell('Instructions to the model are not taken over.');
      continue;
    }
    const pieces = piecesOfMessage(parsed.data, files, tell);
    if (pieces.length === 0) continue;
    sayings.push({ id, parentId, message: parsed.data, pieces });
    nearest.set(id, id);
  }
  return sayings;
}

/** The turns, by the id of their first saying, each after the one that it follows; and the turn that each saying is in. */
function turnsOf(sayings: readonly Saying[]): { readonly turns: ReadonlyMap<string, Turn>; readonly turnIds: ReadonlyMap<string, string> } {
  const childCounts = new Map<string, number>();
  for (const { parentId } of sayings) if (parentId !== null) childCounts.set(parentId, (childCounts.get(parentId) ?? 0) + 1);
  const turns = new Map<string, Turn>();
  const turnIds = new Map<string, string>();
  for (const saying of sayings) {
    const { id, parentId } = saying;
    const turnId = parentId === null ? null : (turnIds.get(parentId) ?? null);
    const before = turnId === null ? undefined : turns.get(turnId);
    const last = before?.sayings.at(-1);
    const goesOn = before !== undefined && last !== undefined && last.id === parentId && isAnswer(last) && isAnswer(saying) && childCounts.get(last.id) === 1;
    if (goesOn && turnId !== null) {
      before.sayings.push(saying);
      turnIds.set(id, turnId);
    } else {
      turns.set(id, { parentId: turnId, sayings: [saying] });
      turnIds.set(id, id);
    }
  }
  return { turns, turnIds };
}

/** The pieces of a turn, with each call and its answer as one. */
function piecesOfTurn(sayings: readonly Saying[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let call: { readonly id: string; readonly name: string; readonly input: string } | null = null;
  const close = (content: string, isError: boolean): void => {
    if (call !== null) pieces.push(exchangePiece({ ...call, content, isError }));
    call = null;
  };
  for (const { id, pieces: said } of sayings) {
    for (const entry of said) {
      if (entry.kind === 'CALL') {
        close('', false);
        call = { id, name: entry.name, input: entry.input };
      } else if (entry.kind === 'RESULT') {
        call ??= { id, name: entry.name, input: '' };
        close(entry.content, entry.isError);
      } else {
        if (entry.piece.kind !== 'FILE') close('', false);
        pieces.push(entry.piece);
      }
    }
  }
  close('', false);
  return pieces;
}

/**
 * A conversation of an export of ChatGPT: a tree of nodes, of which each may hold a message. An answer there is many messages, one for each
 * thought, call and result; here it is one.
 *
 * @param value an element of `conversations.json`
 * @returns null when it is none
 */
export function chatgptConversation(value: unknown, feedback: ChatgptFeedback, tell: Tell): SourceConversation | null {
  const parsed = conversation.safeParse(value);
  if (!parsed.success) return null;
  const { mapping, current_node: current, title } = parsed.data;
  const createdAt = momentOf(parsed.data.create_time) ?? unknownMoment;
  const updatedAt = momentOf(parsed.data.update_time) ?? createdAt;
  const files = new Map<string, SourceFile>();
  const sayings = sayingsOf(mapping, files, tell);
  const { turns, turnIds } = turnsOf(sayings);
  const active = activeTurns(mapping, current ?? null, turns, turnIds);
  const moments = new Map<string, Date>();
  const messages = [...turns].map(([id, { parentId, sayings: said }]) => {
    const spokenAt = said.map(({ message }) => momentOf(message.create_time)).find((moment) => moment !== null);
    const at = spokenAt ?? (parentId === null ? createdAt : (moments.get(parentId) ?? createdAt));
    moments.set(id, at);
    const slug = said.map(({ message }) => message.metadata?.model_slug).findLast((name) => name != null && name !== '');
    const isAsked = said.some((saying) => !isAnswer(saying));
    return messageOf({
      id,
      parentId,
      role: isAsked ? 'USER' : 'ASSISTANT',
      model: isAsked || slug == null ? null : `openai:${slug}`,
      isActive: active.has(id),
      createdAt: at,
      parts: [...partsOf(piecesOfTurn(said))],
      feedback: isAsked ? null : (said.map((saying) => feedback.get(saying.id)).find((found) => found !== undefined) ?? null),
    });
  });
  const first = Object.keys(mapping)[0] ?? '';
  const head = headOf({ id: parsed.data.conversation_id ?? parsed.data.id ?? first, title: title ?? null, createdAt, updatedAt, importedFrom: 'chatgpt' });
  const pinnedAt = momentOf(parsed.data.pinned_time) ?? (parsed.data.is_starred === true ? updatedAt : null);
  return { head: { ...head, pinnedAt, archivedAt: parsed.data.is_archived === true ? updatedAt : null }, messages, files: [...files.values()] };
}

/** The turns from the beginning down to where the person was. */
function activeTurns(
  mapping: Readonly<Record<string, unknown>>,
  current: string | null,
  turns: ReadonlyMap<string, Turn>,
  turnIds: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const active = new Set<string>();
  const seen = new Set<string>();
  // The node itself may say nothing.
  let at = current;
  while (at !== null && !turnIds.has(at) && !seen.has(at)) {
    seen.add(at);
    at = node.safeParse(Object.hasOwn(mapping, at) ? mapping[at] : null).data?.parent ?? null;
  }
  for (let id = at === null ? null : (turnIds.get(at) ?? null); id !== null && !active.has(id); id = turns.get(id)?.parentId ?? null) active.add(id);
  return active;
}
