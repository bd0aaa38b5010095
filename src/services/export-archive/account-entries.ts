import { z } from 'zod';
import { constants, createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Pool } from 'pg';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { FileStore } from '../../stores/file-store.ts';
import { conversationJson } from './conversation-json.ts';
import {
  accountFormat,
  sessionFormat,
  type AttachmentFacts,
  type PersonaDocument,
  type PreferencesDocument,
  type ProfileDocument,
  type SessionDocument,
} from './account-formats.ts';
import { knowledgeOf, type KnowledgeCounts } from './knowledge.ts';
import { planningEntries, type PlanningCounts } from './planning.ts';
import { openConversation } from './read-conversation.ts';
import type { ZipSource } from './zip-writer.ts';

/** What an archive is made from. */
export interface AccountEntriesDependencies {
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly fileStore: Pick<FileStore, 'pathsOf'>;
  readonly clock: Clock;
}

/** How many there are of each thing, and what should be on the disk and is not. */
export interface AccountCounts extends PlanningCounts, KnowledgeCounts {
  conversations: number;
  messages: number;
  sessions: number;
  files: number;
  derivedTables: number;
  verifiedQueries: number;
  attachments: number;
  usageEntries: number;
  /** The paths of entries that are left out because the disk has lost them. */
  readonly missing: string[];
}

/** Rows are read so many at a time. */
const pageSize = 500;

const pieces = (texts: AsyncIterable<string> | Iterable<string>): Readable => Readable.from(texts, { objectMode: false });
const json = (path: string, value: unknown): ZipSource => ({ path, isPacked: false, open: () => pieces([JSON.stringify(value, null, 1)]) });

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  );

/** Rows in pages, so that never all of them are held. */
async function* pagesOf<Row extends { readonly id: string }>(read: (after: string | null) => Promise<readonly Row[]>): AsyncGenerator<Row> {
  let rows = await read(null);
  while (rows.length > 0) {
    yield* rows;
    if (rows.length < pageSize) return;
    rows = await read(rows.at(-1)?.id ?? null);
  }
}

const conversationsOf = `
  SELECT a.conversation_id AS id FROM participations a WHERE a.user_id = $1::uuid AND ($2::uuid IS NULL OR a.conversation_id > $2) ORDER BY 1 LIMIT $3`;

const inOrder = [{ createdAt: 'asc' as const }, { id: 'asc' as const }];

/**
 * Everything that somebody has, as the entries of an archive, read while they are written: what is keys, passwords, logins, links and what
 * can be made again is not among it.
 *
 * @param counts what is counted on the way
 */
export async function* accountEntries(dependencies: AccountEntriesDependencies, userId: string, counts: AccountCounts): AsyncGenerator<ZipSource> {
  const { pool, prisma, fileStore, clock } = dependencies;

  async function* stored(entryPath: string, path: string, isPacked: boolean): AsyncGenerator<ZipSource> {
    if (await isThere(path)) yield { path: entryPath, isPacked, open: () => createReadStream(path) };
    else counts.missing.push(entryPath);
  }

  async function* person(): AsyncGenerator<ZipSource> {
    const { preference, avatar, ...known } = await prisma.user.findUniqueOrThrow({
      where: { id: userId },
      select: {
        email: true,
        username: true,
        fullName: true,
        locale: true,
        createdAt: true,
        preference: { select: { defaults: true, updatedAt: true } },
        avatar: { select: { id: true, mediaType: true, byteSize: true, createdAt: true } },
      },
    });
    const picture = avatar === null ? null : { mediaType: avatar.mediaType, byteSize: avatar.byteSize, createdAt: avatar.createdAt };
    const profile: ProfileDocument = { format: accountFormat, ...known, avatar: picture };
    yield json('profile.json', profile);
    if (avatar !== null) yield* stored('avatar', fileStore.pathsOf(avatar.id).original, true);
    if (preference === null) return;
    const preferences: PreferencesDocument = preference;
    yield json('preferences.json', preferences);
  }

  async function* session(id: string | null): AsyncGenerator<ZipSource> {
    const where = { ownerId: userId, sessionId: id };
    const own =
      id === null
        ? null
        : await prisma.session.findUnique({ where: { id }, select: { id: true, title: true, createdAt: true, updatedAt: true, snapshotAt: true } });
    const files = await prisma.file.findMany({
      where,
      orderBy: inOrder,
      omit: { ownerId: true, sessionId: true, preview: true, columns: true, removedAt: true },
    });
    const tables =
      id === null
        ? []
        : await prisma.derivedTable.findMany({
            where: { ownerId: userId, sessionId: id },
            orderBy: inOrder,
            omit: { ownerId: true, sessionId: true, preview: true },
          });
    const verifiedQueries =
      id === null
        ? []
        : await prisma.verifiedQuery.findMany({
            where: { ownerId: userId, sessionId: id },
            orderBy: inOrder,
            select: { id: true, question: true, sql: true, createdAt: true },
          });
    if (own === null && files.length === 0) return;
    const document: SessionDocument = {
      format: sessionFormat,
      session: own,
      files: files.map((file) => ({ ...file, byteSize: Number(file.byteSize), rowCount: Number(file.rowCount) })),
      tables: tables.map((table) => ({ ...table, byteSize: Number(table.byteSize), rowCount: Number(table.rowCount) })),
      verifiedQueries,
    };
    yield json(`sessions/${id ?? 'none'}.json`, document);
    for (const file of files) yield* stored(`files/${file.id}`, fileStore.pathsOf(file.id).original, file.format === 'PARQUET' || file.format === 'XLSX');
    for (const table of tables) yield* stored(`tables/${table.id}.parquet`, fileStore.pathsOf(table.id).table, true);
    counts.sessions += own === null ? 0 : 1;
    counts.files += files.length;
    counts.derivedTables += tables.length;
    counts.verifiedQueries += verifiedQueries.length;
  }

  const beyond = (after: string | null) => (after === null ? {} : { id: { gt: after } });
  const page = { orderBy: { id: 'asc' as const }, take: pageSize };

  async function* conversations(): AsyncGenerator<ZipSource> {
    const read = async (after: string | null): Promise<readonly { readonly id: string }[]> =>
      (await pool.query<{ id: string }>(conversationsOf, [userId, after, pageSize])).rows;
    for await (const { id } of pagesOf(read)) {
      const conversation = await openConversation(pool, userId, id, 'ALL').catch((error: unknown) => {
        // It was deleted a moment ago.
        if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
        throw error;
      });
      if (conversation === null) continue;
      counts.conversations += 1;
      counts.messages += conversation.places.length;
      yield { path: `conversations/${id}.json`, isPacked: false, open: () => pieces(conversationJson(conversation, clock.now())) };
    }
  }

  async function* attachments(): AsyncGenerator<ZipSource> {
    const about = { name: true, mediaType: true, byteSize: true, width: true, height: true, transcript: true } as const;
    const select = { id: true, conversationId: true, ...about, createdAt: true } as const;
    for await (const row of pagesOf((after) => prisma.attachment.findMany({ where: { ownerId: userId, ...beyond(after) }, select, ...page }))) {
      const facts: AttachmentFacts = { ...row, transcript: z.json().parse(row.transcript) };
      counts.attachments += 1;
      yield json(`attachments/${row.id}.json`, facts);
      yield* stored(`attachments/${row.id}`, fileStore.pathsOf(row.id).original, /^(image|audio)\//.test(row.mediaType));
    }
  }

  async function* personas(): AsyncGenerator<ZipSource> {
    const rows = await prisma.persona.findMany({
      where: { ownerId: userId },
      orderBy: inOrder,
      omit: { ownerId: true },
      // A shared one takes part in conversations of others as well.
      include: {
        conversations: { where: { conversation: { participants: { some: { userId } } } }, select: { conversationId: true } },
        mcpServers: { select: { serverId: true } },
      },
    });
    const templates = await prisma.promptTemplate.findMany({
      where: { ownerId: userId },
      orderBy: inOrder,
      omit: { ownerId: true },
      include: { versions: { orderBy: { version: 'asc' }, omit: { templateId: true } } },
    });
    if (templates.length > 0) yield json('prompt-templates.json', templates);
    const servers = await prisma.mcpServer.findMany({ where: { ownerId: userId }, orderBy: inOrder, omit: { ownerId: true, sealedHeaders: true } });
    if (servers.length > 0) yield json('mcp-servers.json', servers);
    if (rows.length === 0) return;
    const documents = rows.map(({ conversations: places, mcpServers, ...persona }): PersonaDocument => ({
      ...persona,
      conversationIds: places.map(({ conversationId }) => conversationId),
      mcpServerIds: mcpServers.map(({ serverId }) => serverId),
    }));
    yield json('personas.json', documents);
  }

  async function* knowledge(): AsyncGenerator<ZipSource> {
    for await (const document of knowledgeOf(prisma, userId, counts)) {
      yield json(`knowledge/${document.knowledgeBase.id}.json`, document);
      for (const { id, byteSize, mediaType } of document.documents)
        if (byteSize > 0) yield* stored(`documents/${id}`, fileStore.pathsOf(id).original, mediaType?.startsWith('application/') ?? false);
    }
  }

  async function* usage(): AsyncGenerator<string> {
    yield '[';
    for await (const row of pagesOf((after) => prisma.usageEntry.findMany({ where: { userId, ...beyond(after) }, omit: { userId: true }, ...page }))) {
      yield `${counts.usageEntries === 0 ? '\n' : ',\n'}${JSON.stringify({ ...row, costMicros: row.costMicros === null ? null : String(row.costMicros) })}`;
      counts.usageEntries += 1;
    }
    yield '\n]\n';
  }

  yield* person();
  const sessionIds = pagesOf((after) => prisma.session.findMany({ where: { ownerId: userId, ...beyond(after) }, select: { id: true }, ...page }));
  for await (const { id } of sessionIds) yield* session(id);
  yield* session(null);
  yield* attachments();
  yield* knowledge();
  yield* conversations();
  yield* personas();
  yield* planningEntries(prisma, userId, counts);
  yield { path: 'usage.json', isPacked: false, open: () => pieces(usage()) };
}
