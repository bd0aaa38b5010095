import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { createFileStore, type FileStore, type SweepRows } from '../../src/stores/file-store.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../kit/leftovers.ts';

const never = new AbortController().signal;
const noRows: SweepRows = { revisionsOf: async () => new Map(), awaitedOf: async () => new Set() };

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('file store', () => {
  let folder: TemporaryFolder;
  let store: FileStore;
  const temporary = async (): Promise<readonly string[]> => (existsSync(join(folder.path, 'tmp')) ? readdir(join(folder.path, 'tmp')) : []);

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    store = createFileStore({ folder: folder.path, newId: uuidv7 });
  });
  afterEach(async () => folder[Symbol.asyncDispose]());

  it('keeps what was received, and what was put beside it, under its id', async () => {
    const { id, byteSize, paths } = await store.receive(chunks('a,b\n', '1,2\n'), { maxBytes: 100 }, never);
    await writeFile(paths.table, 'parquet');
    await store.keep(id);
    expect(byteSize).toBe(8);
    expect(await readFile(store.pathsOf(id).original, 'utf8')).toBe('a,b\n1,2\n');
    expect(await readFile(store.pathsOf(id).table, 'utf8')).toBe('parquet');
    expect(store.pathsOf(id).original).toBe(join(folder.path, 'files', id.slice(-2), id, 'original'));
    expect(await temporary()).toEqual([]);
  });

  it('keeps what was made in a prepared place, and sweeps what was made and never kept', async () => {
    const [made, forgotten] = [await store.prepare(), await store.prepare()];
    await writeFile(made.paths.table, 'parquet');
    await store.keep(made.id);
    expect(await readFile(store.pathsOf(made.id).table, 'utf8')).toBe('parquet');
    expect(await temporary()).toEqual([forgotten.id]);
    await store.discard(forgotten.id);
    expect(await temporary()).toEqual([]);
  });

  it('has a table a reading, beside one original', () => {
    const id = uuidv7();
    expect(store.pathsOf(id, 1)).toEqual(store.pathsOf(id));
    expect(store.pathsOf(id, 2).original).toBe(store.pathsOf(id).original);
    expect(store.pathsOf(id, 2).table).toBe(join(folder.path, 'files', id.slice(-2), id, 'table.2.parquet'));
  });

  it('is readable by its owner alone', async () => {
    const { id } = await store.receive(chunks('a'), { maxBytes: 1 }, never);
    await store.keep(id);
    expect((await stat(store.pathsOf(id).original)).mode & 0o077).toBe(0);
    expect((await stat(join(folder.path, 'files', id.slice(-2), id))).mode & 0o077).toBe(0);
  });

  it('refuses a file that is too large while it streams, and leaves nothing', async () => {
    let chunkCount = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        chunkCount += 1;
        yield Buffer.alloc(10);
      }
    }
    await expect(store.receive(endless(), { maxBytes: 100 }, never)).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('100 bytes'),
    });
    expect(chunkCount).toBe(11);
    expect(await temporary()).toEqual([]);
  });

  it('U03 leaves nothing of a source that breaks', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new Error('the client is gone');
    }
    await expect(store.receive(broken(), { maxBytes: 100 }, never)).rejects.toThrow('the client is gone');
    expect(await temporary()).toEqual([]);
  });

  it('leaves nothing when it is aborted', async () => {
    const controller = new AbortController();
    async function* aborting(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      controller.abort(new Error('stopped'));
      yield Buffer.from('more');
    }
    await expect(store.receive(aborting(), { maxBytes: 100 }, controller.signal)).rejects.toThrow('stopped');
    expect(await temporary()).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/full'))('says in words that the disk is full, and leaves nothing', async () => {
    const full = createFileStore({ folder: folder.path, newId: uuidv7, openNew: () => open('/dev/full', 'w') });
    await expect(full.receive(chunks('a,b\n'), { maxBytes: 100 }, never)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('disk of the server is full'),
      cause: { code: 'ENOSPC' },
    });
    expect(await temporary()).toEqual([]);
  });

  it('U01 takes no id that could be a path', () => {
    for (const id of ['../../etc/passwd', '', 'a/b', '..', 'a\0b']) expect(() => store.pathsOf(id)).toThrow('is not an id');
  });

  it('removes and discards what is there, and does not mind what is not', async () => {
    const { id } = await store.receive(chunks('a'), { maxBytes: 1 }, never);
    await store.discard(id);
    expect(await temporary()).toEqual([]);
    const kept = await store.receive(chunks('a'), { maxBytes: 1 }, never);
    await store.keep(kept.id);
    await store.remove(kept.id);
    await store.remove(kept.id);
    expect(existsSync(store.pathsOf(kept.id).original)).toBe(false);
  });

  describe('sweep', () => {
    const hour = 3_600_000;
    const later = (): FileStore => createFileStore({ folder: folder.path, newId: uuidv7, now: () => Date.now() + 2 * hour });

    it('U03 removes temporary files of uploads that died, and lets those under way be', async () => {
      await store.receive(chunks('dead'), { maxBytes: 100 }, never);
      expect(await store.sweep(hour, noRows)).toEqual({ temporaryCount: 0, orphanCount: 0 });
      expect(await later().sweep(hour, noRows)).toEqual({ temporaryCount: 1, orphanCount: 0 });
      expect(await temporary()).toEqual([]);
    });

    it('takes a file that still grows for one under way, however old its folder is', async () => {
      const { id, paths } = await store.receive(chunks('slow'), { maxBytes: 100 }, never);
      const inTwoHours = (Date.now() + 2 * hour) / 1_000;
      await utimes(paths.original, inTwoHours, inTwoHours);
      expect((await later().sweep(hour, noRows)).temporaryCount).toBe(0);
      expect(await temporary()).toEqual([id]);
    });

    it('U03 removes files without a row, and keeps those with one', async () => {
      const [first, second] = [await store.receive(chunks('a'), { maxBytes: 1 }, never), await store.receive(chunks('b'), { maxBytes: 1 }, never)];
      await store.keep(first.id);
      await store.keep(second.id);
      const rows: SweepRows = { ...noRows, revisionsOf: async (ids) => new Map(ids.filter((id) => id === second.id).map((id) => [id, 1])) };
      expect((await store.sweep(hour, rows)).orphanCount).toBe(0);
      expect((await later().sweep(hour, rows)).orphanCount).toBe(1);
      expect([first, second].map(({ id }) => existsSync(store.pathsOf(id).original))).toEqual([false, true]);
    });

    it('U03 keeps what can be resumed, and removes the tables of readings before the present one when nobody can read them any more', async () => {
      const waiting = await store.receive(chunks('half'), { maxBytes: 100 }, never);
      const { id } = await store.receive(chunks('a'), { maxBytes: 1 }, never);
      await store.keep(id);
      for (const revision of [1, 2, 3]) await writeFile(store.pathsOf(id, revision).table, 'parquet');
      const rows: SweepRows = { revisionsOf: async (ids) => new Map(ids.map((kept) => [kept, 2])), awaitedOf: async () => new Set([waiting.id]) };
      const tables = (): readonly boolean[] => [1, 2, 3].map((revision) => existsSync(store.pathsOf(id, revision).table));
      await store.sweep(hour, rows);
      expect(tables()).toEqual([true, true, true]);
      expect(await later().sweep(hour, rows)).toEqual({ temporaryCount: 0, orphanCount: 0 });
      expect(tables()).toEqual([false, true, false]);
      expect(existsSync(store.pathsOf(id).original)).toBe(true);
      expect(await temporary()).toEqual([waiting.id]);
    });

    it('never touches what is not ours', async () => {
      await mkdir(join(folder.path, 'files', 'notes'), { recursive: true });
      await mkdir(join(folder.path, 'tmp', 'duckdb-1-abc'), { recursive: true });
      await writeFile(join(folder.path, 'files', 'notes', 'readme.txt'), 'mine');
      expect(await later().sweep(hour, noRows)).toEqual({ temporaryCount: 0, orphanCount: 0 });
      expect(existsSync(join(folder.path, 'files', 'notes', 'readme.txt'))).toBe(true);
      expect(await temporary()).toEqual(['duckdb-1-abc']);
    });
  });
});
