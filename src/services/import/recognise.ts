import { z } from 'zod';
import { jsonElements, type JsonElement } from '../../base/json-elements.ts';
import { accountFormat } from '../export-archive/account-formats.ts';
import { conversationFormat } from '../export-archive/formats.ts';
import type { ImportSource } from './import-row.ts';
import { maxJsonDepth } from './json-values.ts';
import { isChatgptConversation } from './sources/chatgpt.ts';
import { isChatgptFeedback } from './sources/chatgpt-feedback.ts';
import { isClaudeConversation } from './sources/claude.ts';

/** What a JSON document holds. */
export type DocumentKind =
  /** An array of conversations of another product. */
  | 'conversations'
  /** One conversation of another product. */
  | 'conversation'
  /** One of ours. */
  | 'colloquy-conversation'
  /** The table of contents of an archive of ours. */
  | 'colloquy-manifest'
  /** What somebody thought of answers of ChatGPT. */
  | 'chatgpt-feedback';

/** What a JSON document is. Told by what is in it, never by its name. */
export interface RecognisedDocument {
  readonly kind: DocumentKind;
  readonly source: ImportSource;
}

/** How many elements, or members, are looked at before a document is given up. */
const mostLooks = 50;

function parsed({ bytes }: JsonElement): unknown {
  try {
    const value: unknown = bytes === null ? null : JSON.parse(bytes.toString());
    return value;
  } catch {
    return null;
  }
}

function kindOfElement(element: JsonElement): RecognisedDocument | null {
  const value = parsed(element);
  if (isChatgptConversation(value)) return { kind: 'conversations', source: 'chatgpt' };
  if (isClaudeConversation(value)) return { kind: 'conversations', source: 'claude' };
  return isChatgptFeedback(value) ? { kind: 'chatgpt-feedback', source: 'chatgpt' } : null;
}

function kindOfMember(element: JsonElement): RecognisedDocument | null {
  switch (element.key) {
    case 'mapping':
      return { kind: 'conversation', source: 'chatgpt' };
    case 'chat_messages':
      return { kind: 'conversation', source: 'claude' };
    case 'format': {
      const format = z.string().catch('').parse(parsed(element));
      if (format === conversationFormat) return { kind: 'colloquy-conversation', source: 'colloquy' };
      return format === accountFormat ? { kind: 'colloquy-manifest', source: 'colloquy' } : null;
    }
    case null:
    default:
      return null;
  }
}

/**
 * What a document is, by its beginning.
 *
 * @param maxElementBytes of what is looked at; larger elements are passed over
 * @returns null for what is none of it, with the number of elements that were looked at: 0 for an empty list
 * @throws JsonDocumentError for what is no JSON
 */
export async function recogniseJson(
  source: AsyncIterable<Buffer>,
  maxElementBytes: number,
): Promise<{ readonly document: RecognisedDocument | null; readonly looks: number }> {
  let looks = 0;
  for await (const element of jsonElements(source, { maxElementBytes, maxDepth: maxJsonDepth })) {
    looks += 1;
    const document = element.key === null ? kindOfElement(element) : kindOfMember(element);
    if (document !== null || looks >= mostLooks) return { document, looks };
  }
  return { document: null, looks };
}

/** What a file is, by its first bytes. */
export function kindOfBytes(head: Buffer): 'zip' | 'gzip' | 'json' | 'other' {
  const start = head.toString('latin1', 0, 4);
  if (start === 'PK\u0003\u0004' || start === 'PK\u0005\u0006') return 'zip';
  if (start.startsWith('\u001f\u008b')) return 'gzip';
  const first = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .at(0);
  return first === '[' || first === '{' ? 'json' : 'other';
}
