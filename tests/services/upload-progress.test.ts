import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createDeferred } from '../../src/base/async.ts';
import type { Ingester } from '../../src/services/upload/read-file.ts';
import type { UploadRow } from '../../src/services/upload/upload-row.ts';
import { createWorkspace, simpleIngester, type Workspace } from './session-workspace.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const never = new AbortController().signal;

describe('uploads', () => {
  let workspace: Workspace;
  let ada: Viewer;
  let eve: Viewer;
  /** What the next reading waits for, after it has told that it is half way. */
  let gate = createDeferred();
  const gated: Ingester = {
    async ingest(request, signal, onProgress) {
      onProgress?.(0.5);
      await gate.promise;
      signal.throwIfAborted();
      return await simpleIngester.ingest(request, signal);
    },
  };

  beforeAll(async () => {
    workspace = await createWorkspace({ duckdb: gated });
    ada = await workspace.person();
    eve = await workspace.person();
  });
  afterAll(() => workspace[Symbol.asyncDispose]());

  async function followed(id: string): Promise<AsyncIterator<UploadRow, undefined>> {
    return (await workspace.uploadViews.follow(ada, id))[Symbol.asyncIterator]();
  }

  it('tells a watcher who came first of everything: the bytes, the reading, the end', async () => {
    gate = createDeferred();
    const id = uuidv7();
    const following = followed(id);
    await using upload = workspace.uploads.begin(ada, { id, byteSize: 8 });
    const adding = upload.add('a.csv', pieces('a,b\n', '1,2\n'), never);
    const rows = await following;
    await adding;
    const first = await rows.next();
    const committing = upload.commit(never);
    const seen: UploadRow[] = [];
    for (let step = first; step.done !== true; step = await rows.next()) {
      seen.push(step.value);
      if (step.value.progress === 0.5) gate.resolve();
    }
    const [file] = await committing;
    expect(seen.map(({ status }) => status)).toEqual(seen.map(({ status }) => status).toSorted((one, other) => order(one) - order(other)));
    expect(seen[0]).toMatchObject({ name: 'a.csv', byteSize: 8n, progress: 0, status: 'RECEIVING' });
    expect(seen.some(({ status, progress }) => status === 'READING' && progress === 0.5)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ status: 'READY', progress: 1, receivedBytes: 8n, fileIds: [file?.id], errorCode: null });
    expect(await workspace.uploadViews.get(ada, id)).toMatchObject({ status: 'READY' });
    await expect(workspace.uploadViews.get(eve, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await workspace.uploadViews.list(ada, { after: null, before: null, limit: 5, isReversed: false })).map((row) => row.id)).toEqual([id]);
  });

  it('tells why one failed, and that one was given up', async () => {
    gate = createDeferred();
    gate.resolve();
    const ends: UploadRow[] = [];
    for (const error of [new Error('secret'), null]) {
      await using upload = workspace.uploads.begin(ada);
      await upload.add('a.csv', pieces('unreadable'), never);
      const failure: unknown = error === null ? null : await upload.commit(never).catch((reason: unknown) => reason);
      await upload.end(failure);
      await upload.end(new Error('comes too late'));
      ends.push(await workspace.uploadViews.get(ada, upload.id));
    }
    expect(ends).toMatchObject([
      { status: 'FAILED', errorCode: 'UNSUPPORTED_FILE', errorMessage: '"a.csv": it is not a table.' },
      { status: 'CANCELLED', errorCode: null },
    ]);
  });

  it('takes an id once, whoever used it', async () => {
    const id = uuidv7();
    await using first = workspace.uploads.begin(ada, { id });
    await first.add('a.csv', pieces('a\n1'), never);
    for (const viewer of [ada, eve]) {
      await using second = workspace.uploads.begin(viewer, { id });
      await expect(second.add('b.csv', pieces('a\n1'), never)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(id) });
    }
    expect(await workspace.uploadViews.get(ada, id)).toMatchObject({ name: 'a.csv' });
  });

  describe('file that is read anew', () => {
    const upload = async (content: string): Promise<string> => {
      gate = createDeferred();
      gate.resolve();
      return (await workspace.upload(ada, { 'a.csv': content }))[0]?.id ?? '';
    };

    it('keeps its table until the new one takes its place', async () => {
      const id = await upload('a,b\n1,2\n');
      gate = createDeferred();
      const { file, upload: reading } = await workspace.reingest.start(ada, { fileId: id, options: { header: true, quote: null } });
      expect(file).toMatchObject({ status: 'INGESTING', revision: 1 });
      expect(reading).toMatchObject({ status: 'READING', fileIds: [id], name: 'a.csv' });
      await expect(workspace.reingest.start(ada, { fileId: id, options: {} })).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(workspace.reingest.start(eve, { fileId: id, options: {} })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      gate.resolve();
      await workspace.upkeep.settled();
      expect(await workspace.files.get(ada, id)).toMatchObject({ status: 'READY', revision: 2 });
      expect(await workspace.prisma.file.findFirst({ where: { id }, select: { options: true } })).toEqual({ options: { header: true } });
      expect(existsSync(workspace.fileStore.pathsOf(id, 1).table)).toBe(true);
      expect(existsSync(workspace.fileStore.pathsOf(id, 2).table)).toBe(true);
      expect(await workspace.uploadViews.get(ada, reading.id)).toMatchObject({ status: 'READY', progress: 1 });
    });

    it('keeps its table when the reading fails, and when the server stops in the middle of it', async () => {
      const id = await upload('a,b\n1,2\n');
      await expect(workspace.reingest.start(ada, { fileId: id, options: { delimiter: '' } })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
      gate = createDeferred();
      gate.reject(new Error('secret'));
      gate.promise.catch(() => undefined);
      const { upload: failed } = await workspace.reingest.start(ada, { fileId: id, options: {} });
      await workspace.upkeep.settled();
      expect(await workspace.files.get(ada, id)).toMatchObject({ status: 'READY', revision: 1 });
      const told = await workspace.uploadViews.get(ada, failed.id);
      expect(told).toMatchObject({ status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR' });
      expect(told.errorMessage).not.toContain('secret');
      // As a process that was killed leaves them.
      await workspace.prisma.file.updateMany({ where: { id }, data: { status: 'INGESTING' } });
      await workspace.prisma.upload.updateMany({ where: { id: failed.id }, data: { status: 'READING' } });
      await workspace.upkeep.start(true);
      expect(await workspace.files.get(ada, id)).toMatchObject({ status: 'READY', revision: 1 });
      expect(await workspace.uploadViews.get(ada, failed.id)).toMatchObject({ status: 'FAILED', errorCode: 'INTERRUPTED' });
    });
  });

  it('forgets uploads whose time is over', async () => {
    await workspace.prisma.upload.updateMany({ data: { expiresAt: new Date(0) } });
    expect(await workspace.uploadViews.list(ada, { after: null, before: null, limit: 5, isReversed: false })).toEqual([]);
    expect(await workspace.upkeep.forget()).toBeGreaterThan(0);
    expect(await workspace.prisma.upload.count()).toBe(0);
  });
});

function order(status: UploadRow['status']): number {
  return ['RECEIVING', 'READING', 'READY'].indexOf(status);
}
