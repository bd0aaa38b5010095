import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { createWorkspace, type Workspace } from './session-workspace.ts';
import { plainDerivedTable } from '../kit/derived-table.ts';

describe('changes of files', () => {
  let workspace: Workspace;
  let ada: Viewer;
  let eve: Viewer;
  let sessionId: string;
  const upload = async (name: string, session?: string): Promise<string> => (await workspace.upload(ada, { [name]: 'a\n1' }, session))[0]?.id ?? '';
  const names = async (): Promise<readonly string[]> =>
    (await workspace.tables.list({ sessionId, userId: ada.userId })).flatMap(({ kind, name }) => (kind === 'FILE' ? [name] : []));

  beforeAll(async () => {
    workspace = await createWorkspace();
    ada = await workspace.person();
    eve = await workspace.person();
    sessionId = (await workspace.sessions.create(ada, { fileIds: [] })).id;
    await workspace.prisma.derivedTable.create({
      data: { id: sessionId, ownerId: ada.userId, sessionId, ...plainDerivedTable, createdAt: new Date() },
    });
  });
  afterAll(() => workspace[Symbol.asyncDispose]());

  it('rename a table and a file', async () => {
    const id = await upload('cars.csv', sessionId);
    expect(await workspace.fileChanges.update(ada, { id, tableName: 'vehicles' })).toMatchObject({ tableName: 'vehicles', name: 'cars.csv' });
    expect(await workspace.fileChanges.update(ada, { id, name: '../My cars.csv', tableName: null })).toMatchObject({
      tableName: 'vehicles',
      name: 'My cars.csv',
    });
    expect(await names()).toEqual(['vehicles']);
  });

  it.each([
    ['My Table', 'write "my_table"'],
    ['select', 'write "select_data"'],
    ['2024', 'write "data_2024"'],
    ['a"; DROP TABLE x', 'write "a_drop_table_x"'],
    ['  ', 'is empty'],
    ['totals', 'has a table "totals" already'],
    ['vehicles', 'has a table "vehicles" already'],
  ])('refuse the table name %j and say why', async (tableName, message) => {
    const id = await upload('x.csv', sessionId);
    await expect(workspace.fileChanges.update(ada, { id, tableName })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(message),
      issues: [{ path: ['input', 'tableName'] }],
    });
    await workspace.files.delete(ada, id);
  });

  it('put files into a session under names that are free in it, and take them out again', async () => {
    const [first, second] = [await upload('totals.csv'), await upload('vehicles.csv')];
    expect(await workspace.fileChanges.add(ada, { sessionId, fileIds: [second, first] })).toMatchObject([
      { id: second, tableName: 'vehicles_2', sessionId },
      { id: first, tableName: 'totals_2', sessionId },
    ]);
    await expect(workspace.fileChanges.add(ada, { sessionId, fileIds: [first] })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await workspace.fileChanges.remove(ada, first)).toMatchObject({ file: { id: first, sessionId: null }, sessionId });
    await expect(workspace.fileChanges.remove(ada, first)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await names()).toEqual(['vehicles', 'vehicles_2']);
  });

  it('keep a file that was taken out for as long as one that was just uploaded', async () => {
    const id = await upload('old.csv', sessionId);
    await workspace.prisma.file.updateMany({ where: { id }, data: { createdAt: new Date(0) } });
    await workspace.fileChanges.remove(ada, id);
    const limits = { olderThanMs: 3_600_000, unattachedOlderThanMs: 3_600_000 };
    expect(await workspace.files.sweep(limits)).toMatchObject({ unattachedCount: 0 });
    await workspace.prisma.file.updateMany({ where: { id }, data: { removedAt: new Date(0) } });
    expect(await workspace.files.sweep(limits)).toMatchObject({ unattachedCount: 1 });
  });

  it('hold the session to its most files, all or nothing', async () => {
    const ids = [await upload('b.csv'), await upload('c.csv'), await upload('d.csv'), await upload('e.csv')];
    await expect(workspace.fileChanges.add(ada, { sessionId, fileIds: ids })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'The session would have 6 files; 5 are the most.',
    });
    expect(await names()).toHaveLength(2);
  });

  it('A03 are made by the owner alone', async () => {
    const id = await upload('mine.csv');
    const hers = (await workspace.sessions.create(eve, { fileIds: [] })).id;
    const theirs = (await workspace.upload(eve, { 'theirs.csv': 'a\n1' }))[0]?.id ?? '';
    for (const work of [
      () => workspace.fileChanges.update(eve, { id, name: 'x.csv' }),
      () => workspace.fileChanges.remove(eve, id),
      () => workspace.fileChanges.add(eve, { sessionId, fileIds: [theirs] }),
      () => workspace.fileChanges.add(ada, { sessionId: hers, fileIds: [id] }),
      () => workspace.fileChanges.add(ada, { sessionId, fileIds: [id, theirs] }),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await workspace.files.get(ada, id)).toMatchObject({ sessionId: null, name: 'mine.csv' });
  });
});
