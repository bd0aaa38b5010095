import type { Prisma } from '../../../prisma/generated/client.ts';
import type { ConversationHead, DocumentMessage } from '../export-archive/formats.ts';
import { activate } from '../branch/activate.ts';
import type { AttachmentStore } from './attachment-store.ts';
import { createCleaner, type Cleaner } from './clean.ts';
import type { PartCleaning } from './clean-parts.ts';
import { noContext, planningContextOf } from './conversation-context.ts';
import { insertConversation, insertMessageRows, type MessageRows } from './conversation-rows.ts';
import type { ImportJob } from './import-job.ts';
import { joined, noRows, rowsOf } from './message-rows.ts';
import type { Tell } from './sources/source-conversation.ts';

/** A conversation that is to be taken over. */
export interface ConversationToWrite {
  readonly head: ConversationHead;
  /** Each after the one that it follows; one whose predecessor is not among them begins a branch. */
  readonly messages: AsyncIterable<DocumentMessage> | Iterable<DocumentMessage>;
  readonly attachments: AttachmentStore;
  /** The data session here that it is about. */
  readonly sessionId: string | null;
  /** Hears the id of each message that is here now. */
  readonly onMessage?: (sourceId: string, id: string) => void;
}

const mostMessagesPerBatch = 200;
const mostCharactersPerBatch = 2_000_000;
/** Of one batch; every statement has the limit of the database. */
const batchTimeoutMs = 120_000;

/** Where a message stands here. */
interface Place {
  readonly id: string;
  readonly depth: number;
}

/** What is known of a conversation while it is written. */
interface Progress {
  readonly places: Map<string, Place>;
  /** The deepest message that people saw there, else the newest. */
  leaf: (Place & { readonly isActive: boolean; readonly at: number }) | null;
  addedCount: number;
  /** Whether the conversation itself is there. */
  isThere: boolean;
}

const sizeOf = ({ parts }: DocumentMessage): number => parts.reduce((sum, { text }) => sum + (text?.length ?? 0) + 200, 0);

function betterLeaf(leaf: Progress['leaf'], place: Place, { isActive, createdAt }: DocumentMessage): Progress['leaf'] {
  const candidate = { ...place, isActive, at: createdAt.getTime() };
  if (leaf === null) return candidate;
  if (leaf.isActive !== isActive) return isActive ? candidate : leaf;
  const isBetter = isActive ? place.depth > leaf.depth : candidate.at >= leaf.at;
  return isBetter ? candidate : leaf;
}

/**
 * Takes a conversation over: in batches, each with what it counts, so that whoever goes on after a crash finds what is there. One that is
 * there already gets the messages that it lacks. In the end the branch is seen that was seen there.
 *
 * @param job moves on by one with the last batch
 * @throws ImportEnded; what the messages throw: then what came before it is there, and the branch is set right
 */
export async function writeConversation(job: ImportJob, conversation: ConversationToWrite): Promise<void> {
  const { ids, report, userId, source, limits, signal, prisma, clock } = job;
  const { head, attachments, onMessage } = conversation;
  const now = clock.now();
  const subject = head.title ?? head.id;
  const tell: Tell = (reason, count) => report.tell(subject, reason, count);
  const cleaner: Cleaner = createCleaner(now, tell);
  const id = ids.of('conversation', head.id);

  const inTransaction = <Result>(work: (transaction: Prisma.TransactionClient) => Promise<Result>): Promise<Result> =>
    prisma.$transaction(work, { timeout: batchTimeoutMs, maxWait: batchTimeoutMs });

  const known = await findKnown(prisma, id, userId);
  const present = known?.messageIds ?? new Set<string>();
  const progress: Progress = { places: new Map(), leaf: null, addedCount: 0, isThere: known !== null };

  /** Locks the conversation for what is written into it, and makes it first where it is not there. */
  async function open(transaction: Prisma.TransactionClient): Promise<void> {
    if (progress.isThere) {
      const found = await transaction.$queryRaw<unknown[]>`SELECT id FROM conversations WHERE id = ${id}::uuid AND owner_id = ${userId}::uuid FOR UPDATE`;
      if (found.length === 0) throw new ConversationGone();
      return;
    }
    const { sessionId } = conversation;
    const context = sessionId === null ? await planningContextOf(transaction, userId, head, ids, tell) : noContext;
    const inserted = await insertConversation(transaction, { id, userId, sessionId, context, source, head }, { job, cleaner, tell, now });
    if (inserted === null) throw new Error(`the derived id ${id} belongs to somebody else`);
    if (inserted) report.add('conversations');
  }

  /** In the end the branch is seen that was seen there. */
  async function finish(transaction: Prisma.TransactionClient): Promise<void> {
    const { leaf, addedCount } = progress;
    const seen = await transaction.message.findFirst({ where: { conversationId: id, isActive: true }, select: { id: true } });
    if (leaf !== null && (addedCount > 0 || seen === null)) {
      await activate(transaction, id, leaf.id);
      if (seen !== null) await job.conversationLog.append(transaction, id, { type: 'BranchSwitched', messageId: leaf.id });
    }
    // One that was made with its data session was empty until now.
    if (present.size > 0) report.add(addedCount > 0 ? 'extendedConversations' : 'presentConversations');
    report.position += 1;
  }

  const write = async (rows: MessageRows, isLast: boolean): Promise<void> => {
    await inTransaction(async (transaction) => {
      await open(transaction);
      if (rows.messages.length > 0) {
        const added = await insertMessageRows(transaction, id, userId, rows);
        progress.addedCount += added.length;
        report.add('messages', added.length);
      }
      if (isLast) await finish(transaction);
      await job.note(transaction);
    });
    progress.isThere = true;
  };

  const personas = new Set((await prisma.persona.findMany({ where: { ownerId: userId }, select: { id: true } })).map((persona) => persona.id));
  const cleaning: PartCleaning = {
    personaIdOf: (sourceId) => [sourceId, ids.of('persona', sourceId)].find((personaId) => personas.has(personaId)) ?? null,
    plots: job.plots,
    cleaner,
    tell,
    signal,
    attachmentOf: async (file) => {
      // What is sent is sent somewhere.
      if (!progress.isThere) await write(noRows, false);
      return attachments.obtain(file, id, tell);
    },
  };

  async function writeMessages(): Promise<MessageRows> {
    let rows = noRows;
    let characterCount = 0;
    let before = cleaner.past(head.createdAt, now);
    for await (const message of conversation.messages) {
      signal.throwIfAborted();
      if (progress.places.has(message.id)) {
        tell('A message that is there twice was taken over once.');
        continue;
      }
      if (progress.places.size >= limits.maxMessages) {
        tell(`It has more than ${limits.maxMessages} messages; those behind were left out.`);
        break;
      }
      const above = message.parentId === null ? undefined : progress.places.get(message.parentId);
      if (message.parentId !== null && above === undefined) tell('A message whose predecessor is missing begins a branch of its own.');
      const depth = above === undefined ? 0 : above.depth + 1;
      const place = { id: ids.ofMessage(head.id, message.id, message.createdAt, depth), depth };
      progress.places.set(message.id, place);
      progress.leaf = betterLeaf(progress.leaf, place, message);
      onMessage?.(message.id, place.id);
      if (present.has(place.id)) continue;
      const questionId = message.run?.questionId == null ? null : (progress.places.get(message.run.questionId)?.id ?? null);
      const row = await rowsOf({ message, ...place, parentId: above?.id ?? null, questionId }, ids, cleaning, before);
      before = row.messages[0]?.created_at ?? before;
      if (rows.messages.length >= mostMessagesPerBatch || characterCount >= mostCharactersPerBatch) {
        await write(rows, false);
        rows = noRows;
        characterCount = 0;
      }
      rows = joined(rows, row);
      characterCount += sizeOf(message);
    }
    return rows;
  }

  try {
    const rest = await writeMessages();
    // Nothing is new: what it counts is written with the next thing.
    if (known !== null && known.isShown && rest.messages.length === 0 && progress.addedCount === 0) {
      if (present.size > 0 || conversation.sessionId === null) report.add('presentConversations');
      report.position += 1;
    } else await write(rest, true);
  } catch (error) {
    if (!(error instanceof ConversationGone)) {
      // What is there is to be seen as well as it can be.
      if (progress.addedCount > 0 && !signal.aborted) await inTransaction((transaction) => finish(transaction)).catch(() => undefined);
      throw error;
    }
    tell('It was deleted while it was taken over.');
  }
}

/** What is there of a conversation already; null where it is not there. */
async function findKnown(
  prisma: ImportJob['prisma'],
  id: string,
  ownerId: string,
): Promise<{ readonly messageIds: ReadonlySet<string>; readonly isShown: boolean } | null> {
  const select = { messages: { select: { id: true, isActive: true } } } as const;
  const found = await prisma.conversation.findFirst({ where: { id, ownerId }, select });
  if (found === null) return null;
  return {
    messageIds: new Set(found.messages.map((message) => message.id)),
    isShown: found.messages.length === 0 || found.messages.some(({ isActive }) => isActive),
  };
}

class ConversationGone extends Error {
  override readonly name = 'ConversationGone';
}
