import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import type { Page } from '../../src/base/page.ts';
import { countStatements } from '../kit/statements.ts';
import { createWorkspace, type Workspace } from './session-workspace.ts';

const page = (change: Partial<Page> = {}): Page => ({ after: null, before: null, limit: 10, isReversed: false, ...change });
const notFoundSession = { code: 'NOT_FOUND', message: 'No Session with this id exists, or you may not see it.' };

describe('sessions', () => {
  let workspace: Workspace;
  let ada: Viewer;
  let eve: Viewer;

  beforeAll(async () => {
    workspace = await createWorkspace();
    ada = await workspace.person();
    eve = await workspace.person();
  });
  afterAll(async () => workspace[Symbol.asyncDispose]());

  it('makes a session with its conversation, its owner as participant, and its files', async () => {
    const [cars] = await workspace.upload(ada, { 'cars.csv': 'a,b\n1,2' });
    const session = await workspace.sessions.create(ada, { title: ' Cars ', fileIds: [cars?.id ?? ''] });
    expect(session.title).toBe('Cars');
    const conversation = await workspace.prisma.conversation.findUniqueOrThrow({ where: { sessionId: session.id }, include: { participants: true } });
    expect(conversation.ownerId).toBe(ada.userId);
    expect(conversation.participants).toMatchObject([{ userId: ada.userId, role: 'OWNER' }]);
    expect((await workspace.files.ofSessions(ada, [session.id])).get(session.id)).toMatchObject([{ id: cars?.id, tableName: 'cars' }]);
  });

  it('gives tables whose names collide numbers, without regard to case', async () => {
    const uploaded = [
      ...(await workspace.upload(ada, { 'Sales.csv': 'a\n1' })),
      ...(await workspace.upload(ada, { 'sales.csv': 'a\n1' })),
      ...(await workspace.upload(ada, { 'SALES!.csv': 'a\n1' })),
    ];
    const session = await workspace.sessions.create(ada, { fileIds: uploaded.map(({ id }) => id) });
    expect((await workspace.tables.list({ sessionId: session.id, userId: ada.userId })).map(({ name }) => name)).toEqual(['sales', 'sales_2', 'sales_3']);
  });

  it('A03 attaches nothing when one of the files is of another person, missing, or no id at all', async () => {
    const [mine] = await workspace.upload(eve, { 'mine.csv': 'a\n1' });
    const [hers] = await workspace.upload(ada, { 'hers.csv': 'a\n1' });
    const before = await workspace.prisma.session.count();
    for (const id of [hers?.id ?? '', uuidv7(), "x' OR 1=1"]) {
      await expect(workspace.sessions.create(eve, { fileIds: [mine?.id ?? '', id] })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: 'No File with this id exists, or you may not see it.',
      });
    }
    expect(await workspace.prisma.session.count()).toBe(before);
    expect(await workspace.prisma.file.count({ where: { id: { in: [mine?.id ?? '', hers?.id ?? ''] }, sessionId: null } })).toBe(2);
  });

  it('puts a file into one session only, also when two ask for it at once', async () => {
    const [file] = await workspace.upload(ada, { 'once.csv': 'a\n1' });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => workspace.sessions.create(ada, { fileIds: [file?.id ?? ''] })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
    expect(reasons).toMatchObject([{ code: 'CONFLICT' }, { code: 'CONFLICT' }]);
  });

  it('takes no more files than fit, and no empty or endless title', async () => {
    const ids = [1, 2, 3, 4, 5, 6].map(() => uuidv7());
    await expect(workspace.sessions.create(ada, { fileIds: ids })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('6 files are more than the 5'),
    });
    for (const title of ['', '  ', 'x'.repeat(201)])
      await expect(workspace.sessions.create(ada, { title, fileIds: [] })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('lists recent first, page by page in both directions, one statement a page, and only the own', async () => {
    const bob = await workspace.person();
    const made: string[] = [];
    for (let index = 0; index < 5; index += 1) made.unshift((await workspace.sessions.create(bob, { title: `S${index}`, fileIds: [] })).id);
    // Three of one moment: the id decides.
    await workspace.prisma.session.updateMany({ where: { id: { in: made.slice(1, 4) } }, data: { updatedAt: new Date('2026-01-01') } });
    await workspace.prisma.session.updateMany({ where: { id: made[4] ?? '' }, data: { updatedAt: new Date('2025-01-01') } });
    const { result: first, statements } = await countStatements(workspace.pool, () => workspace.sessions.list(bob, page({ limit: 2 })));
    expect(statements).toHaveLength(1);
    const at = (row: { id: string; updatedAt: Date } | undefined) => ({ at: row?.updatedAt ?? new Date(0), id: row?.id ?? '' });
    const second = await workspace.sessions.list(bob, page({ limit: 2, after: at(first[1]) }));
    const third = await workspace.sessions.list(bob, page({ limit: 2, after: at(second[1]) }));
    expect([...first, ...second, ...third].map(({ id }) => id)).toEqual(made);
    const backwards = await workspace.sessions.list(bob, page({ limit: 2, before: at(third[0]), isReversed: true }));
    expect(backwards.map(({ id }) => id)).toEqual(made.slice(2, 4).toReversed());
    expect((await workspace.sessions.list(eve, page())).filter(({ id }) => made.includes(id))).toEqual([]);
  });

  it('renames, removes the title by null, and leaves it when absent', async () => {
    const { id } = await workspace.sessions.create(ada, { title: 'Old', fileIds: [] });
    expect(await workspace.sessions.update(ada, { id, title: 'New' })).toMatchObject({ title: 'New' });
    expect(await workspace.sessions.update(ada, { id })).toMatchObject({ title: 'New' });
    expect(await workspace.sessions.update(ada, { id, title: null })).toMatchObject({ title: null });
  });

  it('deletes with the files on disk, the conversation, its runs and their events', async () => {
    const [file] = await workspace.upload(ada, { 'gone.csv': 'a\n1' });
    const { id } = await workspace.sessions.create(ada, { fileIds: [file?.id ?? ''] });
    const conversation = await workspace.prisma.conversation.findUniqueOrThrow({ where: { sessionId: id } });
    const runId = uuidv7();
    const now = new Date();
    await workspace.prisma.run.create({
      data: {
        id: runId,
        conversationId: conversation.id,
        userId: ada.userId,
        kind: 'CHAT',
        status: 'COMPLETED',
        model: 'builtin:analyst',
        options: {},
        createdAt: now,
      },
    });
    await workspace.prisma.runEvent.create({ data: { runId, seq: 1, data: {} } });
    const path = workspace.fileStore.pathsOf(file?.id ?? '').original;
    expect(existsSync(path)).toBe(true);
    expect(await workspace.sessions.delete(ada, id)).toEqual({ sessionId: id, conversationId: conversation.id, fileIds: [file?.id], derivedTableIds: [] });
    expect(existsSync(path)).toBe(false);
    expect(await workspace.prisma.conversation.count({ where: { id: conversation.id } })).toBe(0);
    expect(await workspace.prisma.runEvent.count({ where: { runId } })).toBe(0);
    expect(workspace.deletedConversations).toContain(conversation.id);
    await expect(workspace.sessions.get(ada, id)).rejects.toMatchObject(notFoundSession);
  });

  it('answers a stranger as if nothing were there, and changes nothing', async () => {
    const [file] = await workspace.upload(ada, { 'private.csv': 'a\n1' });
    const { id } = await workspace.sessions.create(ada, { title: 'Private', fileIds: [file?.id ?? ''] });
    for (const asked of [id, uuidv7(), 'no-id']) {
      await expect(workspace.sessions.get(eve, asked)).rejects.toMatchObject(notFoundSession);
      await expect(workspace.sessions.update(eve, { id: asked, title: 'Mine' })).rejects.toMatchObject(notFoundSession);
      await expect(workspace.sessions.delete(eve, asked)).rejects.toMatchObject(notFoundSession);
    }
    expect((await workspace.sessions.byIds(eve, [id])).size).toBe(0);
    expect(await workspace.tables.list({ sessionId: id, userId: eve.userId })).toEqual([]);
    expect(await workspace.tables.describe({ sessionId: id, userId: eve.userId })).toEqual({ tables: [] });
    expect(await workspace.sessions.get(ada, id)).toMatchObject({ title: 'Private' });
  });

  it('asks whoever is not signed in to do so', async () => {
    const unauthenticated = { code: 'UNAUTHENTICATED' };
    await expect(workspace.sessions.create(null, { fileIds: [] })).rejects.toMatchObject(unauthenticated);
    await expect(workspace.sessions.list(null, page())).rejects.toMatchObject(unauthenticated);
    await expect(workspace.sessions.get(null, uuidv7())).rejects.toMatchObject(unauthenticated);
    await expect(workspace.sessions.update(null, { id: uuidv7() })).rejects.toMatchObject(unauthenticated);
    await expect(workspace.sessions.delete(null, uuidv7())).rejects.toMatchObject(unauthenticated);
    expect(() => workspace.uploads.begin(null)).toThrow('Sign in first');
  });
});
