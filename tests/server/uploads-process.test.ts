import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../kit/eventually.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import { createWorkspace, type Workspace } from '../services/session-workspace.ts';
import { openUpload, type UploadAnswer } from './uploads-server.ts';

const entry = fileURLToPath(new URL('./uploads-child.ts', import.meta.url));
const megabyte = 1024 * 1024;

/** Rows of a CSV, some kilobytes at a time, until there are enough bytes. */
function* rows(byteCount: number): Generator<Buffer> {
  yield Buffer.from('id,city,price,day\n');
  const block = Array.from(
    { length: 2_000 },
    (_, index) => `${index},City ${index % 50},${(index * 37) % 1_000}.5,2024-01-${String((index % 28) + 1).padStart(2, '0')}\n`,
  ).join('');
  const buffer = Buffer.from(block);
  for (let sent = 0; sent < byteCount; sent += buffer.length) yield buffer;
}

describe('the upload route in a process of its own', () => {
  let workspace: Workspace;
  let ada: Viewer;
  let child: ChildProcess;
  let url: string;

  const startServer = async (): Promise<void> => {
    child = fork(entry, [workspace.connectionString, workspace.folder, ada.userId], { execArgv: ['--expose-gc', '--no-warnings'] });
    const [message] = await once(child, 'message');
    url = `http://127.0.0.1:${z.object({ port: z.number() }).parse(message).port}/uploads`;
  };
  const memory = async (): Promise<{ peakBytes: number }> => {
    const answer = once(child, 'message');
    child.send('memory');
    return z.object({ peakBytes: z.number() }).parse((await answer)[0]);
  };
  const inFolder = async (name: string): Promise<readonly string[]> => (existsSync(join(workspace.folder, name)) ? readdir(join(workspace.folder, name)) : []);
  const post = async (name: string, body: Iterable<Buffer>): Promise<UploadAnswer> => {
    const request = send(`${url}?name=${name}`, { method: 'POST' });
    const answered = once(request, 'response');
    // Where the server is killed while the body goes up, it is the body that says so.
    answered.catch(() => undefined);
    await pipeline(Readable.from(body), request);
    const [response] = await answered;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, body: JSON.parse(Buffer.concat(chunks).toString()) };
  };

  beforeAll(async () => {
    workspace = await createWorkspace();
    ada = await workspace.person();
    await startServer();
  });
  afterAll(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await workspace[Symbol.asyncDispose]();
  });

  it('receives 300 MB and grows by less than 32 MB beyond what 100 MB need', async () => {
    // One of a third of the size needs all that any upload does, once; what a process at rest has varies by more than that.
    expect((await post('smaller.csv', rows(100 * megabyte))).status).toBe(201);
    const smaller = await memory();
    const { status, body } = await post('large.csv', rows(300 * megabyte));
    expect(status).toBe(201);
    expect(body.files).toMatchObject([{ tableName: 'large', columnCount: 4, byteSize: expect.any(Number) }]);
    const after = await memory();
    expect(after.peakBytes - smaller.peakBytes).toBeLessThan(32 * megabyte);
    const file = await workspace.prisma.file.findFirstOrThrow({ where: { name: 'large.csv' } });
    expect(file.preview).toHaveLength(50);
  });

  it('U03 leaves what the sweep removes, and no row, when it is killed in the middle of an upload', async () => {
    const rowsBefore = await workspace.prisma.file.count();
    const { request } = openUpload(`${url}?name=dying.csv`);
    request.write(Buffer.concat([...rows(megabyte)]));
    await eventually(async () => expect(await inFolder('tmp')).toHaveLength(1));
    child.kill('SIGKILL');
    await once(child, 'exit');
    request.destroy();
    expect(await inFolder('tmp')).toHaveLength(1);
    expect(await workspace.prisma.file.count()).toBe(rowsBefore);
    const kept = (await readdir(join(workspace.folder, 'files'), { recursive: true })).filter((path) => path.endsWith('original')).length;
    expect(kept).toBe(rowsBefore);
    expect(await workspace.files.sweep({ olderThanMs: 60_000, unattachedOlderThanMs: 60_000 })).toMatchObject({ temporaryCount: 0 });
    expect(await workspace.files.sweep({ olderThanMs: -60_000, unattachedOlderThanMs: 60_000 })).toEqual({
      temporaryCount: 1,
      orphanCount: 0,
      unattachedCount: 0,
    });
    expect(await inFolder('tmp')).toEqual([]);
    await startServer();
    expect((await post('again.csv', rows(1))).status).toBe(201);
  });

  it('U03 leaves no row without a file and no file without a row, whenever it is killed', async () => {
    for (const delayMs of [5, 60, 150, 250, 350, 450]) {
      const upload = post('random.csv', rows(2 * megabyte)).catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      child.kill('SIGKILL');
      await once(child, 'exit');
      await upload;
      await workspace.files.sweep({ olderThanMs: -60_000, unattachedOlderThanMs: 600_000 });
      const files = await workspace.prisma.file.findMany({ select: { id: true } });
      for (const { id } of files)
        expect([existsSync(workspace.fileStore.pathsOf(id).original), existsSync(workspace.fileStore.pathsOf(id).table)]).toEqual([true, true]);
      const kept = (await readdir(join(workspace.folder, 'files'), { recursive: true })).filter((path) => path.endsWith('original')).length;
      expect(kept).toBe(files.length);
      expect(await inFolder('tmp')).toEqual([]);
      await startServer();
    }
  });
});
