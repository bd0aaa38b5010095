import type { ConversationHead, DocumentMessage, DocumentPart } from '../../export-archive/formats.ts';

/** Tells of something that is not taken over, or not as it was. */
export type Tell = (reason: string, count?: number) => void;

/** A file that a message of another product names. */
export interface SourceFile {
  /** Its id there, as it stands in the parts of the messages. */
  readonly id: string;
  readonly name: string;
  /** What is in it, where the export says so in words; null for one that has to be looked for in the archive. */
  readonly text: string | null;
}

/** A conversation of another product in the shape of our own documents. Its ids are those of the source, and no UUIDs. */
export interface SourceConversation {
  readonly head: ConversationHead;
  /** Each after the one that it follows. */
  readonly messages: readonly DocumentMessage[];
  /** The files that its messages name, each once. */
  readonly files: readonly SourceFile[];
}

/** What is not known of a moment. It is set right when it is written. */
export const unknownMoment = new Date(0);

/** A head of which only this much is known. */
export function headOf(known: Pick<ConversationHead, 'id' | 'title' | 'createdAt' | 'updatedAt' | 'importedFrom'>): ConversationHead {
  return {
    ...known,
    titleSource: known.title === null ? 'NONE' : 'PERSON',
    sessionId: null,
    goalId: null,
    weekStart: null,
    date: null,
    defaults: {},
    expiresAt: null,
    forkedFromId: null,
    turnPolicy: 'MENTIONED',
    maxTurns: null,
    moderatorModel: null,
    personas: [],
    knowledge: [],
    joinedAt: known.createdAt,
    pinnedAt: null,
    archivedAt: null,
    readAt: known.updatedAt,
    tags: [],
  };
}

/** A message of which only this much is known. */
export function messageOf(
  known: Pick<DocumentMessage, 'id' | 'parentId' | 'role' | 'model' | 'isActive' | 'createdAt' | 'parts'> & Partial<Pick<DocumentMessage, 'feedback'>>,
): DocumentMessage {
  const { role, feedback = null } = known;
  return {
    ...known,
    feedback,
    isMine: role === 'USER',
    personaId: null,
    personaName: null,
    mode: role === 'ASSISTANT' ? 'model' : null,
    confidence: null,
    sentiment: null,
    run: null,
  };
}

/** A piece of a message, before it has a place in it. */
export type Piece = Pick<DocumentPart, 'kind' | 'text' | 'data'>;

/** A text of a kind; none where it says nothing. */
export function textPiece(kind: 'TEXT' | 'REASONING', text: string): readonly Piece[] {
  return text.trim() === '' ? [] : [{ kind, text, data: null }];
}

/** A file, until it is known what it is. */
export function filePiece(id: string, name: string): Piece {
  return { kind: 'FILE', text: null, data: { attachmentId: id, name, mediaType: 'application/octet-stream', byteSize: 0, width: null, height: null } };
}

/** A call of a tool, or its answer, as a model's history can carry it: whatever it was given is an object, and its name one that providers accept. */
export function exchangePiece(call: {
  readonly id: string;
  readonly name: string;
  readonly input: string;
  readonly content: string;
  readonly isError: boolean;
}): Piece {
  const { id, name, input, content, isError } = call;
  const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 60);
  return { kind: 'TOOL_EXCHANGE', text: null, data: { id: plain(id) || 'call', name: plain(name) || 'tool', arguments: objectText(input), content, isError } };
}

function objectText(input: string): string {
  if (input.trim() === '') return '{}';
  try {
    const parsed: unknown = JSON.parse(input);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return input;
  } catch {
    // It is no JSON but what was typed: code, say.
  }
  return JSON.stringify({ input });
}

/** Pieces as parts, in their order. */
export function partsOf(pieces: readonly Piece[]): readonly DocumentPart[] {
  return pieces.map((piece, position) => ({ ...piece, id: String(position), versions: [] }));
}
