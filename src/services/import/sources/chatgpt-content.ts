import { z } from 'zod';
import { filePiece, textPiece, type Piece, type SourceFile, type Tell } from './source-conversation.ts';

/** What a message of ChatGPT says, piece by piece: calls of tools and their answers still apart, since they are messages of their own there. */
export type ChatgptPiece =
  | { readonly kind: 'PIECE'; readonly piece: Piece }
  | { readonly kind: 'CALL'; readonly name: string; readonly input: string }
  | { readonly kind: 'RESULT'; readonly name: string; readonly content: string; readonly isError: boolean };

const text = z.string().catch('');
const attachment = z.object({ id: z.string().min(1), name: z.string().nullish() });

/** A message of ChatGPT, as far as we read it. */
export const chatgptMessage = z.object({
  author: z.object({ role: z.string(), name: z.string().nullish().catch(null) }),
  create_time: z.number().nullish().catch(null),
  content: z.object({ content_type: z.string().catch('text'), parts: z.array(z.unknown()).nullish().catch(null) }).catchall(z.unknown()),
  recipient: z.string().nullish().catch(null),
  metadata: z
    .object({
      model_slug: z.string().nullish().catch(null),
      attachments: z.array(attachment).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

/** See `chatgptMessage`. */
export type ChatgptMessage = z.infer<typeof chatgptMessage>;

const assetShape = z.object({ asset_pointer: z.string(), content_type: z.string().optional() });
const thought = z.object({ summary: text, content: text });

/** The id of a file in a pointer such as `file-service://file-abc` or `sediment://file_abc`. */
const fileIdOf = (pointer: string): string => pointer.replace(/^[a-z-]+:\/\//i, '').split(/[#?]/)[0] ?? '';

/** What is in a part of a message that is no text. */
function objectPieces(part: unknown, files: Map<string, SourceFile>, tell: Tell): readonly ChatgptPiece[] {
  const asset = assetShape.safeParse(part);
  if (asset.success && (asset.data.content_type ?? '').startsWith('image')) {
    const id = fileIdOf(asset.data.asset_pointer);
    const name = files.get(id)?.name ?? id;
    files.set(id, { id, name, text: null });
    return [{ kind: 'PIECE', piece: filePiece(id, name) }];
  }
  const spoken = z.object({ content_type: z.literal('audio_transcription'), text: z.string() }).safeParse(part);
  if (spoken.success) return textPiece('TEXT', spoken.data.text).map((piece) => ({ kind: 'PIECE', piece }));
  const kind = z.object({ content_type: z.string() }).safeParse(part);
  tell(`A part of the kind "${kind.success ? kind.data.content_type.slice(0, 60) : 'unknown'}" is not understood.`);
  return [];
}

/** The words of a message of a tool, and of kinds that have them under other names. */
function wordsOf(content: ChatgptMessage['content']): string {
  const named = [content['title'], content['url'], content['text'], content['result'], content['summary']].filter((value) => typeof value === 'string');
  const parts = (content.parts ?? []).filter((part) => typeof part === 'string');
  return [...named, ...parts].filter((value) => value.trim() !== '').join('\n\n');
}

/**
 * What a message says.
 *
 * @param files gets the files that it names
 */
export function piecesOfMessage(message: ChatgptMessage, files: Map<string, SourceFile>, tell: Tell): readonly ChatgptPiece[] {
  const { author, content, recipient } = message;
  const kind = content.content_type;
  for (const { id, name } of message.metadata?.attachments ?? []) files.set(id, { id, name: name ?? id, text: null });
  if (author.role === 'tool') {
    const pictures = (content.parts ?? []).filter((part) => typeof part !== 'string').flatMap((part) => objectPieces(part, files, tell));
    const result = { kind: 'RESULT', name: author.name ?? 'tool', content: wordsOf(content), isError: kind === 'system_error' } as const;
    return [...(result.content === '' && pictures.length > 0 ? [] : [result]), ...pictures];
  }
  const pieces = (found: readonly Piece[]): readonly ChatgptPiece[] => found.map((piece) => ({ kind: 'PIECE', piece }));
  if (kind === 'thoughts') {
    const thoughts = z.array(thought).catch([]).parse(content['thoughts']);
    return pieces(
      thoughts.flatMap(({ summary, content: said }) => textPiece('REASONING', [summary === '' ? '' : `**${summary}**`, said].filter(Boolean).join('\n\n'))),
    );
  }
  if (kind === 'reasoning_recap') return pieces(textPiece('REASONING', text.parse(content['content'])));
  if (author.role === 'assistant' && recipient != null && recipient !== 'all') return [{ kind: 'CALL', name: recipient, input: wordsOf(content) }];
  if (kind === 'code') {
    const language = text.parse(content['language']).replace(/^unknown$/, '');
    const code = text.parse(content['text']);
    return code.trim() === '' ? [] : pieces(textPiece('TEXT', `\`\`\`${language}\n${code}\n\`\`\``));
  }
  if (content.parts != null) {
    const said = content.parts.flatMap((part) => (typeof part === 'string' ? pieces(textPiece('TEXT', part)) : objectPieces(part, files, tell)));
    const shown = new Set(said.flatMap((entry) => (entry.kind === 'PIECE' && entry.piece.kind === 'FILE' ? [JSON.stringify(entry.piece.data)] : [])));
    const attached = (message.metadata?.attachments ?? []).map(({ id, name }) => filePiece(id, name ?? id));
    return [...said, ...pieces(attached.filter((piece) => !shown.has(JSON.stringify(piece.data))))];
  }
  const words = wordsOf(content);
  if (words === '') tell(`A message of the kind "${kind.slice(0, 60)}" is not understood.`);
  return pieces(textPiece('TEXT', words));
}
