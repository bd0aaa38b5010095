import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, property, string } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { fileKindOf, labelOf } from '../../src/services/upload/file-name.ts';
import { tableNameOf, uniqueTableName } from '../../src/services/upload/table-name.ts';
import { createWorkspace, type Workspace } from './session-workspace.ts';

const never = new AbortController().signal;

describe('U01 file names', () => {
  it.each([
    ['../../etc/cars.csv', 'cars.csv'],
    ['C:\\Users\\x\\cars.csv', 'cars.csv'],
    ['ca\0r\ns.csv', 'cars.csv'],
    ['"quoted" \'name\'.csv', '"quoted" \'name\'.csv'],
    ['\u202Evsc.cars.csv', 'vsc.cars.csv'],
    ['🚗👨‍👩‍👧.csv', '🚗👨‍👩‍👧.csv'],
    ['*.csv', '*.csv'],
  ])('keeps %j as the label %j', (name, label) => expect(labelOf(name)).toBe(label));

  it('shortens a long name and keeps its ending', () => {
    const label = labelOf(`${'é'.repeat(300)}.csv.gz`);
    expect(label).toHaveLength(255);
    expect(label.endsWith('é.csv.gz')).toBe(true);
  });

  it.each([
    ['a.csv', { format: 'CSV', compression: 'none', delimiterHint: null }],
    ['a.TSV', { format: 'CSV', compression: 'none', delimiterHint: '\t' }],
    ['a.tsv.gz', { format: 'CSV', compression: 'gzip', delimiterHint: '\t' }],
    ['a.txt.ZST', { format: 'CSV', compression: 'zstd', delimiterHint: null }],
    ['a.pq', { format: 'PARQUET', compression: 'none', delimiterHint: null }],
    ['a.jsonl.zst', { format: 'JSON', compression: 'zstd', delimiterHint: null }],
    ['a.ndjson', { format: 'JSON', compression: 'none', delimiterHint: null }],
    ['a.json.gz', { format: 'JSON', compression: 'gzip', delimiterHint: null }],
    ['a.XLSX', { format: 'XLSX', compression: 'none', delimiterHint: null }],
  ])('sees in %s what it is', (name, kind) => expect(fileKindOf(name)).toMatchObject(kind));

  it.each(['a.xls', 'a.xlsx.gz', 'csv', 'a.csv.exe', 'a.parquet.gz', '', '.', 'a.csv/'])('refuses the ending of %j', (name) => {
    expect(() => fileKindOf(name)).toThrow('none of the endings');
  });
});

describe('table names', () => {
  it.each([
    ['Sales 2024 (final).csv', 'sales_2024_final'],
    ['Größe & Gewicht.tsv.gz', 'große_gewicht'],
    ['2024.csv', 'data_2024'],
    ['select.csv', 'select_data'],
    ['Left.parquet', 'left_data'],
    ['*.csv', 'data'],
    ['売上.csv', '売上'],
    ['___.csv', 'data'],
  ])('turns %j into %s', (name, table) => expect(tableNameOf(name)).toBe(table));

  it('is always a word that SQL takes without quotes', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 400 }), (name) => {
        const table = tableNameOf(name);
        expect(table).toMatch(/^\p{L}[\p{L}\p{M}\p{N}_]*$/u);
        expect([...table].length).toBeLessThanOrEqual(60);
        expect(table.isWellFormed()).toBe(true);
      }),
    );
  });

  it('takes the first free number', () => {
    expect(uniqueTableName('cars', ['CARS', 'cars_2'])).toBe('cars_3');
    expect(uniqueTableName('cars', [])).toBe('cars');
  });
});

describe('files', () => {
  let workspace: Workspace;
  let ada: Viewer;
  let eve: Viewer;
  const inFolder = async (name: string): Promise<readonly string[]> =>
    existsSync(join(workspace.folder, name)) ? readdir(join(workspace.folder, name), { recursive: true }) : [];

  beforeAll(async () => {
    workspace = await createWorkspace();
    ada = await workspace.person();
    eve = await workspace.person();
  });
  afterAll(async () => workspace[Symbol.asyncDispose]());

  it('stores all files of an upload, or none when one cannot be read', async () => {
    await expect(workspace.upload(eve, { 'good.csv': 'a\n1', 'bad.csv': 'unreadable' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: '"bad.csv": it is not a table.',
    });
    await expect(workspace.upload(eve, { 'good.csv': 'a\n1', 'empty.csv': '' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: expect.stringContaining('"empty.csv" is empty'),
    });
    expect(await workspace.prisma.file.count({ where: { ownerId: eve.userId } })).toBe(0);
    expect([...(await inFolder('tmp')), ...(await inFolder('files'))]).toEqual([]);
  });

  it('joins a session under names that are free in it, also when several come at once', async () => {
    const { id } = await workspace.sessions.create(ada, { fileIds: [] });
    await Promise.all([1, 2].map(() => workspace.upload(ada, { 'Cars.csv': 'a\n1', 'cars .csv': 'a\n2' }, id)));
    const names = (await workspace.tables.list({ sessionId: id, userId: ada.userId })).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['cars', 'cars_2', 'cars_3', 'cars_4']);
    await expect(workspace.upload(ada, { 'x.csv': 'a\n1', 'y.csv': 'a\n1' }, id)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('6 files; 5 are the most'),
    });
  });

  it('A03 does not join the session of another person, nor a deleted one', async () => {
    const { id } = await workspace.sessions.create(ada, { fileIds: [] });
    await expect(workspace.upload(eve, { 'a.csv': 'a\n1' }, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await using hers = workspace.uploads.begin(eve);
    await expect(hers.join(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await using upload = workspace.uploads.begin(ada);
    await upload.join(id);
    await upload.add(
      'late.csv',
      (async function* late() {
        yield Buffer.from('a\n1');
      })(),
      never,
    );
    await workspace.sessions.delete(ada, id);
    await expect(upload.commit(never)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await workspace.prisma.file.count({ where: { name: { in: ['a.csv', 'late.csv'] } } })).toBe(0);
    expect((await inFolder('files')).filter((path) => path.endsWith('original')).length).toBe(await workspace.prisma.file.count());
  });

  it('allows two uploads of a person at once, and others beside', async () => {
    const first = workspace.uploads.begin(ada);
    const second = workspace.uploads.begin(ada);
    expect(() => workspace.uploads.begin(ada)).toThrow('2 uploads of yours are under way');
    await using _other = workspace.uploads.begin(eve);
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    const third = workspace.uploads.begin(ada);
    expect(() => workspace.uploads.begin(ada)).toThrow('2 uploads of yours');
    await second[Symbol.asyncDispose]();
    await third[Symbol.asyncDispose]();
  });

  it('keeps what PostgreSQL cannot: NUL and halves of characters become a replacement', async () => {
    const [file] = await workspace.upload(ada, { 'odd.csv': 'a\nx\0y' });
    expect(await workspace.prisma.file.findUniqueOrThrow({ where: { id: file?.id ?? '' }, select: { preview: true } })).toEqual({ preview: [['x\u{FFFD}y']] });
  });

  it('shows nothing of a file to a stranger', async () => {
    const [file] = await workspace.upload(ada, { 'secret.csv': 'a\n1' });
    const id = file?.id ?? '';
    for (const asked of [id, uuidv7(), 'x']) {
      await expect(workspace.files.get(eve, asked)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: 'No File with this id exists, or you may not see it.',
      });
      await expect(workspace.files.delete(eve, asked)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    for (const read of [workspace.files.columns, workspace.files.ingests]) expect((await read(eve, [id])).size).toBe(0);
    expect(await workspace.files.get(ada, id)).toMatchObject({ name: 'secret.csv' });
  });

  it('deletes the row, then what lies on the disk', async () => {
    const [file] = await workspace.upload(ada, { 'bye.csv': 'a\n1' });
    const id = file?.id ?? '';
    await workspace.files.delete(ada, id);
    expect(existsSync(workspace.fileStore.pathsOf(id).original)).toBe(false);
    await expect(workspace.files.get(ada, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('sweeps uploads that were never put into a session, and never those that were', async () => {
    const [lost, kept] = await workspace.upload(ada, { 'lost.csv': 'a\n1', 'kept.csv': 'a\n1' });
    await workspace.sessions.create(ada, { fileIds: [kept?.id ?? ''] });
    const yesterday = new Date(Date.now() - 86_400_000);
    await workspace.prisma.file.updateMany({ where: { id: { in: [lost?.id ?? '', kept?.id ?? ''] } }, data: { createdAt: yesterday } });
    expect(await workspace.files.sweep({ olderThanMs: 3_600_000, unattachedOlderThanMs: 3_600_000 })).toEqual({
      temporaryCount: 0,
      orphanCount: 0,
      unattachedCount: 1,
    });
    expect([lost, kept].map((file) => existsSync(workspace.fileStore.pathsOf(file?.id ?? '').original))).toEqual([false, true]);
  });
});
