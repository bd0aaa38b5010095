import { posix } from 'node:path';
import { jsonElements } from '../../base/json-elements.ts';
import { createAttachmentStore, type FindAttachment } from './attachment-store.ts';
import type { ImportJob } from './import-job.ts';
import { maxJsonDepth, readWhole, valueOf } from './json-values.ts';
import type { ImportDocument, OpenImport } from './open-import.ts';
import { chatgptConversation, type ChatgptFeedback } from './sources/chatgpt.ts';
import { readChatgptFeedback } from './sources/chatgpt-feedback.ts';
import { claudeConversation } from './sources/claude.ts';
import { openConversationDocument } from './sources/colloquy.ts';
import type { SourceConversation } from './sources/source-conversation.ts';
import { createUnits } from './units.ts';
import { writeConversation } from './write-conversation.ts';

/** The files of ChatGPT are named by their ids, with or without something behind them: `file-abc-cat.png`, `file_00abc-sanitized.webp`. */
const fileKeyOf = (name: string): string => /^file[-_][A-Za-z0-9]+/.exec(name)?.[0] ?? name;

/** The entries of an archive that are no documents, by the ids of files, and which of them nobody has asked for. */
function indexFiles(opened: OpenImport): { readonly entryOf: (id: string) => string | null; readonly unusedCount: () => number } {
  const names = [...(opened.zip?.entries.keys() ?? [])].filter((name) => !/\.(json|html)$/i.test(name));
  const byKey = new Map(names.map((name) => [fileKeyOf(posix.basename(name)), name]));
  const used = new Set<string>();
  return {
    entryOf(id) {
      const name = byKey.get(fileKeyOf(id)) ?? null;
      if (name !== null) used.add(name);
      return name;
    },
    unusedCount: () => names.length - used.size,
  };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Takes over the documents of what was sent: exports of other products, and conversations of ours that were exported one by one. */
export async function importDocuments(job: ImportJob, opened: OpenImport): Promise<void> {
  const { report, limits, signal } = job;
  const { maxElementBytes } = limits;
  const files = indexFiles(opened);
  const units = createUnits(job);

  async function feedbackOf(): Promise<ChatgptFeedback> {
    const values: unknown[] = [];
    for (const document of opened.documents.filter(({ kind }) => kind === 'chatgpt-feedback')) {
      for await (const element of jsonElements(document.open(), { maxElementBytes, maxDepth: maxJsonDepth })) {
        const value = valueOf(element, 'An entry', maxElementBytes, (reason) => report.tell(document.name, reason));
        if (value !== undefined) values.push(value);
      }
    }
    return readChatgptFeedback(values, (reason, count) => report.tell(null, reason, count));
  }

  function finderOf(conversation: SourceConversation): FindAttachment {
    const named = new Map(conversation.files.map((file) => [file.id, file]));
    return async (id) => {
      const file = named.get(id);
      const entry = file?.text == null ? files.entryOf(id) : null;
      if (file === undefined || (file.text === null && entry === null)) return null;
      const open = (): AsyncIterable<Uint8Array> => (file.text === null ? (opened.zip?.read(entry ?? '', signal) ?? bytesOf('')) : bytesOf(file.text));
      const name = file.name === file.id && entry !== null ? posix.basename(entry).replace(/^file[-_][A-Za-z0-9]+-(?=.)/, '') : file.name;
      return { name, createdAt: conversation.head.createdAt, isAtHome: () => false, open };
    };
  }

  async function importElement(value: unknown, feedback: ChatgptFeedback, name: string): Promise<void> {
    const told: (readonly [reason: string, count: number | undefined])[] = [];
    const tell = (reason: string, count?: number): void => void told.push([reason, count]);
    const conversation = chatgptConversation(value, feedback, tell) ?? claudeConversation(value, tell);
    const subject = conversation?.head.title ?? conversation?.head.id ?? name;
    for (const [reason, count] of told) report.tell(subject, reason, count);
    if (conversation === null) {
      report.tell(name, 'An element is no conversation that is known here.');
      return;
    }
    await writeConversation(job, {
      head: conversation.head,
      messages: conversation.messages,
      attachments: createAttachmentStore(job, finderOf(conversation)),
      sessionId: null,
    });
  }

  async function importList(document: ImportDocument, feedback: ChatgptFeedback): Promise<void> {
    for await (const element of jsonElements(units.counted(document), { maxElementBytes, maxDepth: maxJsonDepth })) {
      await units.next(document.name, async () => {
        const value = valueOf(element, `Element ${element.index + 1}`, maxElementBytes, (reason) => report.tell(document.name, reason));
        if (value !== undefined) await importElement(value, feedback, document.name);
      });
    }
  }

  async function importOne(document: ImportDocument, feedback: ChatgptFeedback): Promise<void> {
    await units.next(document.name, async () => {
      const bytes = await readWhole(units.counted(document), maxElementBytes, document.name);
      const value = valueOf({ bytes, byteCount: bytes.length }, 'The conversation', maxElementBytes, (reason) => report.tell(document.name, reason));
      if (value !== undefined) await importElement(value, feedback, document.name);
    });
  }

  const feedback = await feedbackOf();
  for (const document of opened.documents) {
    switch (document.kind) {
      case 'conversations':
        await units.whole(document.name, () => importList(document, feedback));
        break;
      case 'conversation':
        await importOne(document, feedback);
        break;
      case 'colloquy-conversation':
        await units.next(document.name, () => importConversationDocument(job, units.counted(document), async () => null));
        break;
      case 'colloquy-manifest':
      case 'chatgpt-feedback':
        break;
      default:
        document.kind satisfies never;
    }
  }
  units.end();
  if (opened.unknown.length > 0) {
    const names = opened.unknown.slice(0, 5).map((name) => `"${name.slice(0, 80)}"`);
    report.tell(
      null,
      `Documents of the archive hold nothing that is taken over: ${names.join(', ')}${opened.unknown.length > 5 ? ' and others' : ''}.`,
      opened.unknown.length,
    );
  }
  if (files.unusedCount() > 0) report.tell(null, 'Files of the archive belong to no message that was taken over.', files.unusedCount());
}

/** Hooks of whoever has more to do with a conversation of ours. */
export interface DocumentHooks {
  /** The data session here that stands for one there; null where it is not here. */
  readonly sessionIdOf: (sourceId: string) => Promise<string | null>;
  readonly onMessage: (sourceId: string, id: string) => void;
}

const noHooks: DocumentHooks = { sessionIdOf: async () => null, onMessage: () => undefined };

/**
 * Takes one conversation of ours over. One of this account that is still there stays as it is.
 *
 * @param find looks its attachments up
 */
export async function importConversationDocument(
  job: ImportJob,
  source: AsyncIterable<Buffer>,
  find: FindAttachment,
  { sessionIdOf, onMessage }: DocumentHooks = noHooks,
): Promise<void> {
  const { report, prisma, userId, limits, clock } = job;
  await using document = await openConversationDocument(source, limits.maxElementBytes);
  const { head, messages } = document;
  const subject = head.title ?? head.id;
  if (head.expiresAt !== null && head.expiresAt <= clock.now()) {
    report.tell(subject, 'It was a temporary conversation whose time is over.');
    return;
  }
  if ((await prisma.conversation.findFirst({ where: { id: head.id, ownerId: userId }, select: { id: true } })) !== null) {
    report.add('presentConversations');
    return;
  }
  const sessionId = head.sessionId === null ? null : await sessionIdOf(head.sessionId);
  if (head.sessionId !== null && sessionId === null) report.tell(subject, 'Its data session is not in the file that was sent; the conversation stands alone.');
  await writeConversation(job, {
    head,
    messages: messages((reason, count) => report.tell(subject, reason, count)),
    attachments: createAttachmentStore(job, find),
    sessionId,
    onMessage,
  });
}
