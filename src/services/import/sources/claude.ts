import { z } from 'zod';
import {
  exchangePiece,
  filePiece,
  headOf,
  messageOf,
  partsOf,
  textPiece,
  unknownMoment,
  type Piece,
  type SourceConversation,
  type SourceFile,
  type Tell,
} from './source-conversation.ts';
import { orderTree } from './tree.ts';

const words = z.string().nullish().catch(null);
const attachment = z.object({ file_name: words, extracted_content: words });
const file = z.object({ file_name: words, file_uuid: words });

const message = z.object({
  uuid: z.string().min(1),
  text: words,
  content: z.array(z.unknown()).nullish().catch(null),
  sender: z.enum(['human', 'assistant']),
  created_at: words,
  parent_message_uuid: words,
  attachments: z.array(attachment).nullish().catch(null),
  files: z.array(file).nullish().catch(null),
});

const conversation = z.object({
  uuid: z.string().min(1),
  name: words,
  created_at: words,
  updated_at: words,
  model: words,
  is_starred: z.boolean().nullish().catch(null),
  current_leaf_message_uuid: words,
  chat_messages: z.array(z.unknown()),
});

type ClaudeMessage = z.infer<typeof message>;

const block = z.object({ type: z.string() }).catchall(z.unknown());
/** What stands for "no message" above the first one. */
const noParent = '00000000-0000-4000-8000-000000000000';

/** Whether a value of a document is a conversation of Claude. */
export function isClaudeConversation(value: unknown): boolean {
  return z.object({ chat_messages: z.array(z.unknown()) }).safeParse(value).success;
}

const momentOf = (text: string | null | undefined): Date | null => {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
};

/** What the answer of a tool says: a text, or blocks of which some are texts. */
function resultText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return content == null ? '' : JSON.stringify(content);
  return content.map((entry) => z.object({ text: z.string() }).safeParse(entry).data?.text ?? JSON.stringify(entry)).join('\n\n');
}

/** Blocks that only say how much may still be said, and the like. */
const silent = new Set(['token_budget', 'flag', 'start_timestamp']);

/** The pieces of a message, with each call of a tool and its answer as one. */
function blockPieces(blocks: readonly unknown[], messageId: string, tell: Tell): readonly Piece[] {
  const parsed = blocks.flatMap((value) => block.safeParse(value).data ?? []);
  if (parsed.length < blocks.length) tell('A part of a message cannot be read.', blocks.length - parsed.length);
  const results = new Map(parsed.filter(({ type }) => type === 'tool_result').map((entry) => [String(entry['tool_use_id'] ?? entry['name'] ?? ''), entry]));
  const used = new Set<unknown>();
  const textIn = (entry: z.infer<typeof block>, name: string): string => (typeof entry[name] === 'string' ? entry[name] : '');
  return parsed.flatMap((entry, index): readonly Piece[] => {
    switch (entry.type) {
      case 'text':
      case 'voice_note':
        return textPiece('TEXT', textIn(entry, 'text'));
      case 'thinking':
        return textPiece('REASONING', textIn(entry, 'thinking'));
      case 'tool_use': {
        const result = results.get(String(entry['id'] ?? '')) ?? results.get(textIn(entry, 'name'));
        if (result !== undefined) used.add(result);
        const input = entry['input'] === undefined ? '' : JSON.stringify(entry['input']);
        const name = textIn(entry, 'name');
        return [exchangePiece({ id: `${messageId}-${index}`, name, input, content: resultText(result?.['content']), isError: result?.['is_error'] === true })];
      }
      case 'tool_result':
        if (used.has(entry)) return [];
        return [
          exchangePiece({
            id: `${messageId}-${index}`,
            name: textIn(entry, 'name'),
            input: '',
            content: resultText(entry['content']),
            isError: entry['is_error'] === true,
          }),
        ];
      default:
        if (!silent.has(entry.type)) tell(`A part of the kind "${entry.type.slice(0, 60)}" is not understood.`);
        return [];
    }
  });
}

/** The files that a message names; what was written into the message from a file is in the export, the files themselves are not. */
function filesOf({ uuid, attachments, files }: ClaudeMessage): readonly SourceFile[] {
  const written = (attachments ?? []).map(({ file_name: name, extracted_content: text }, index) => ({
    id: `${uuid}/attachment/${index}`,
    name: name ?? 'attachment.txt',
    text: text ?? null,
  }));
  const named = (files ?? []).map(({ file_name: name, file_uuid: id }, index) => ({ id: id ?? `${uuid}/file/${index}`, name: name ?? 'file', text: null }));
  return [...written, ...named];
}

/** Where each message stands. Exports of before there were branches do not say it: there each follows the one before. */
function placed(messages: readonly ClaudeMessage[]): readonly { readonly id: string; readonly parentId: string | null; readonly message: ClaudeMessage }[] {
  const isTree = messages.some(({ parent_message_uuid: parent }) => parent != null);
  return messages.map((entry, index) => {
    const parent = entry.parent_message_uuid ?? null;
    const before = index === 0 ? null : (messages[index - 1]?.uuid ?? null);
    return { id: entry.uuid, parentId: isTree ? (parent === noParent ? null : parent) : before, message: entry };
  });
}

/**
 * A conversation of an export of Claude.
 *
 * @param value an element of `conversations.json`
 * @returns null when it is none
 */
export function claudeConversation(value: unknown, tell: Tell): SourceConversation | null {
  const parsed = conversation.safeParse(value);
  if (!parsed.success) return null;
  const { uuid, name, model, chat_messages: given } = parsed.data;
  const read = given.flatMap((entry) => message.safeParse(entry).data ?? []);
  if (read.length < given.length) tell('A message cannot be read.', given.length - read.length);
  const tree = orderTree(placed(read));
  if (tree.cutCount > 0)
    tell('Messages that follow themselves, or a message that is not there, stand at the beginning of a branch of their own.', tree.cutCount);
  const createdAt = momentOf(parsed.data.created_at) ?? unknownMoment;
  const updatedAt = momentOf(parsed.data.updated_at) ?? createdAt;
  const active = new Set<string>();
  const current = parsed.data.current_leaf_message_uuid ?? null;
  for (let id = current; id !== null && tree.parents.has(id); id = tree.parents.get(id) ?? null) active.add(id);
  const files = new Map<string, SourceFile>();
  const messages = tree.nodes.map(({ id, message: said }) => {
    const named = filesOf(said);
    for (const entry of named) files.set(entry.id, entry);
    const blocks = blockPieces(said.content ?? [], id, tell);
    const spoken = blocks.some(({ kind }) => kind === 'TEXT') ? blocks : [...blocks, ...textPiece('TEXT', said.text ?? '')];
    const isAsked = said.sender === 'human';
    return messageOf({
      id,
      parentId: tree.parents.get(id) ?? null,
      role: isAsked ? 'USER' : 'ASSISTANT',
      model: isAsked || model == null || model === '' ? null : `anthropic:${model}`,
      isActive: active.has(id),
      createdAt: momentOf(said.created_at) ?? createdAt,
      parts: [...partsOf([...spoken, ...named.map((entry) => filePiece(entry.id, entry.name))])],
    });
  });
  const head = headOf({ id: uuid, title: name?.trim() === '' ? null : (name ?? null), createdAt, updatedAt, importedFrom: 'claude' });
  return { head: { ...head, pinnedAt: parsed.data.is_starred === true ? updatedAt : null }, messages, files: [...files.values()] };
}
