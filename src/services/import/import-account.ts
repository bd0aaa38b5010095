import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import { JsonDocumentError } from '../../base/json-elements.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import { attachmentFacts, preferences, profile, sessionDocument, type AttachmentFacts } from '../export-archive/account-formats.ts';
import type { ConversationHead } from '../export-archive/formats.ts';
import { storableJson } from '../file/file-row.ts';
import { fullNameShape, localeShape, usernameKeyOf, usernameShape } from '../people/names.ts';
import { readDefaults } from '../preference/answer-defaults.ts';
import { assistantEntryNames, importAssistants } from './assistants/import-assistants.ts';
import { createAttachmentStore, type FindAttachment } from './attachment-store.ts';
import { createCleaner } from './clean.ts';
import { noContext } from './conversation-context.ts';
import { insertConversation } from './conversation-rows.ts';
import { importConversationDocument } from './import-documents.ts';
import type { ImportJob } from './import-job.ts';
import { importSessionContents } from './import-sessions.ts';
import { readWhole, valueOf } from './json-values.ts';
import { headOf, unknownMoment, type Tell } from './sources/source-conversation.ts';
import { openConversationDocument } from './sources/colloquy.ts';
import { importKnowledge } from './knowledge/import-knowledge.ts';
import { importPlanning, planningEntryNames } from './planning/import-planning.ts';
import { createUnits } from './units.ts';
import type { ZipReader } from './zip-reader.ts';

/** Takes over an archive of a whole account: of this person from another time or server, or of somebody else who gave it to them. */
export async function importAccount(job: ImportJob, zip: ZipReader): Promise<void> {
  const { ids, userId, prisma, report, limits, signal, clock } = job;
  const units = createUnits(job);
  const { noteDone } = units;
  const names = [...zip.entries.keys()].toSorted();
  const inFolder = (folder: string): readonly string[] => names.filter((name) => name.startsWith(`${folder}/`) && name.endsWith('.json'));
  const known = new Set<string>(['manifest.json', 'profile.json', 'avatar', 'preferences.json', 'usage.json', ...planningEntryNames, ...assistantEntryNames]);
  const open = (name: string): AsyncGenerator<Buffer> | null => (zip.entries.has(name) ? counted(name) : null);
  const counted = (name: string): AsyncGenerator<Buffer> => units.counted({ open: () => zip.read(name, signal) });

  /** A small document, in its shape. */
  async function read<Shape extends z.ZodType>(name: string, shape: Shape, tell: Tell): Promise<z.output<Shape> | null> {
    if (!zip.entries.has(name)) return null;
    const bytes = await readWhole(counted(name), limits.maxElementBytes, name);
    const value = valueOf({ bytes, byteCount: bytes.length }, 'The document', limits.maxElementBytes, tell);
    if (value === undefined) return null;
    const parsed = shape.safeParse(value);
    if (!parsed.success) tell(`It cannot be read: ${z.prettifyError(parsed.error).split('\n').slice(0, 2).join(' ')}`);
    return parsed.success ? parsed.data : null;
  }

  const teller =
    (subject: string): Tell =>
    (reason, count) =>
      report.tell(subject, reason, count);

  /** Names and wishes, where the person has none yet: an import changes nothing that is there. */
  async function importPerson(): Promise<void> {
    const tell = teller('profile.json');
    const person = await read('profile.json', profile, tell);
    const fullName = fullNameShape.safeParse(person?.fullName).data;
    if (fullName !== undefined) await prisma.user.updateMany({ where: { id: userId, fullName: null }, data: { fullName, updatedAt: clock.now() } });
    const locale = localeShape.safeParse(person?.locale).data;
    if (locale !== undefined) await prisma.user.updateMany({ where: { id: userId, locale: null }, data: { locale, updatedAt: clock.now() } });
    if (person?.avatar != null) tell('The avatar is not taken over; choose one with "updateProfile".');
    const username = usernameShape.safeParse(person?.username).data;
    if (username !== undefined) {
      const data = { username, usernameKey: usernameKeyOf(username), updatedAt: clock.now() };
      await prisma.user.updateMany({ where: { id: userId, username: null }, data }).catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        tell(`The username "${username}" is somebody else’s here.`);
      });
    }
    const wishes = await read('preferences.json', preferences, teller('preferences.json'));
    if (wishes !== null) {
      const updatedAt = createCleaner(clock.now(), teller('preferences.json')).past(wishes.updatedAt, clock.now());
      await prisma.preference.createMany({ data: [{ userId, defaults: storableJson(readDefaults(wishes.defaults)), updatedAt }], skipDuplicates: true });
    }
    await noteDone();
  }

  /** The heads of conversations about data, by their session: session and conversation come to be together. */
  async function headsOfSessions(): Promise<ReadonlyMap<string, ConversationHead>> {
    const heads = new Map<string, ConversationHead>();
    for (const name of inFolder('conversations')) {
      signal.throwIfAborted();
      const head = await headIn(zip.read(name, signal), limits.maxElementBytes);
      if (head?.sessionId != null) heads.set(head.sessionId, head);
      if (head?.forkedFromId != null) forkedFrom.set(head.id, head.forkedFromId);
    }
    return heads;
  }

  async function importSession(name: string, heads: ReadonlyMap<string, ConversationHead>): Promise<void> {
    const tell = teller(name);
    const document = await read(name, sessionDocument, tell);
    for (const { id } of document?.files ?? []) known.add(`files/${id}`);
    for (const { id } of document?.tables ?? []) known.add(`tables/${id}.parquet`);
    const session = document?.session ?? null;
    const isThere = session !== null && (await prisma.session.findFirst({ where: { id: session.id, ownerId: userId }, select: { id: true } })) !== null;
    if (document === null || isThere) return await noteDone();
    const sessionId = session === null ? null : ids.of('session', session.id);
    if (session !== null && sessionId !== null) {
      const now = clock.now();
      const subject = session.title ?? name;
      const cleaner = createCleaner(now, teller(subject));
      const createdAt = cleaner.past(session.createdAt, now);
      const row = { ownerId: userId, title: cleaner.label(session.title, 200), createdAt, updatedAt: cleaner.past(session.updatedAt, createdAt) };
      // One without a conversation gets an empty one: there is no data session without.
      const nobody = headOf({ id: session.id, title: null, createdAt: session.createdAt, updatedAt: session.createdAt, importedFrom: null });
      const head = heads.get(session.id) ?? nobody;
      await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.session.createMany({ data: [{ id: sessionId, ...row }], skipDuplicates: true });
        if (count === 0) return;
        const id = ids.of('conversation', head.id);
        const isNew = await insertConversation(
          transaction,
          { id, userId, sessionId, context: noContext, source: 'colloquy', head },
          { job, cleaner, tell: teller(subject), now },
        );
        report.add('sessions');
        if (isNew === true) report.add('conversations');
        await job.note(transaction);
      });
    }
    await importSessionContents(job, document, sessionId, (kind, id) => {
      const entry = kind === 'file' ? `files/${id}` : `tables/${id}.parquet`;
      return open(entry);
    });
    await noteDone();
  }

  const facts = new Map<string, AttachmentFacts | null>();
  const findAttachment: FindAttachment = async (id) => {
    if (!zip.entries.has(`attachments/${id}`)) return null;
    const name = `attachments/${id}.json`;
    if (!facts.has(id)) facts.set(id, await read(name, attachmentFacts, teller(name)));
    const about = facts.get(id) ?? null;
    known.add(`attachments/${id}`);
    return {
      name: about?.name ?? 'attachment',
      createdAt: about?.createdAt ?? unknownMoment,
      isAtHome: (conversationId) => about?.conversationId != null && ids.of('conversation', about.conversationId) === conversationId,
      open: () => counted(`attachments/${id}`),
    };
  };

  /** Those that no message has asked for. */
  async function importRest(name: string): Promise<void> {
    const id = name.slice('attachments/'.length, -'.json'.length);
    const about = z.uuid().safeParse(id).success && !known.has(`attachments/${id}`) ? await read(name, attachmentFacts, teller(name)) : null;
    if (about !== null && zip.entries.has(`attachments/${id}`)) {
      const { mediaType, byteSize, width, height } = about;
      await createAttachmentStore(job, findAttachment).obtain(
        { attachmentId: id, name: about.name, mediaType, byteSize, width, height },
        null,
        teller(about.name),
      );
    } else if (about !== null) report.tell(about.name, 'The attachment itself is not in the archive.');
    await noteDone();
  }

  const forkedFrom = new Map<string, string>();
  const wanted = new Map<string, string>();

  /** Forks know again which message they began at, where that is here now. */
  async function linkForks(): Promise<void> {
    for (const [fork, messageId] of forkedFrom) {
      const id = wanted.get(messageId);
      if (id !== undefined)
        await prisma.conversation.updateMany({ where: { id: ids.of('conversation', fork), ownerId: userId, forkedFromId: null }, data: { forkedFromId: id } });
    }
  }

  await units.next('profile.json', importPerson);
  await importPlanning(job, units, open);
  // Personas draw on knowledge bases.
  await importKnowledge(job, units, { names: inFolder('knowledge'), open, read });
  await importAssistants(job, units, open);
  const heads = await headsOfSessions();
  const forks = new Set(forkedFrom.values());
  const onMessage = (sourceId: string, id: string): void => void (forks.has(sourceId) && wanted.set(sourceId, id));
  const sessionIdOf = async (sourceId: string): Promise<string | null> => {
    const id = ids.of('session', sourceId);
    return (await prisma.session.findFirst({ where: { id, ownerId: userId }, select: { id: true } }))?.id ?? null;
  };
  for (const name of inFolder('sessions')) await units.next(name, () => importSession(name, heads));
  for (const name of inFolder('conversations')) {
    known.add(name);
    await units.next(name, () => importConversationDocument(job, counted(name), findAttachment, { sessionIdOf, onMessage }));
  }
  for (const name of inFolder('attachments')) await units.next(name, () => importRest(name));
  await linkForks();
  units.end();
  const unknown = names.filter((name) => !known.has(name) && !/^(sessions|attachments|files|tables|knowledge|documents)\//.test(name));
  if (unknown.length > 0) report.tell(null, 'Entries of the archive are not understood.', unknown.length);
}

/** The head of a document; null where it has none, which is told when it is its turn. */
async function headIn(source: AsyncIterable<Buffer>, maxElementBytes: number): Promise<ConversationHead | null> {
  try {
    await using document = await openConversationDocument(source, maxElementBytes);
    return document.head;
  } catch (error) {
    if (error instanceof JsonDocumentError || error instanceof AppError) return null;
    throw error;
  }
}
