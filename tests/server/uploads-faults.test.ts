import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import type { Viewer } from '../../src/auth/viewer.ts';
import { abortable, createDeferred } from '../../src/base/async.ts';
import { createWorkspace, type Workspace } from '../services/session-workspace.ts';
import { patienceMs } from '../kit/patience.ts';
import { form, openUpload, post, startUploadServer } from './uploads-server.ts';

const limits = { maxUploadBytes: 1_000_000 };

describe('POST /uploads under faults and limits', () => {
  let workspace: Workspace;
  let server: Awaited<ReturnType<typeof startUploadServer>>;
  let ada: Viewer;
  const inFolder = async (name: string): Promise<readonly string[]> => (existsSync(join(workspace.folder, name)) ? readdir(join(workspace.folder, name)) : []);
  const rowCount = (): Promise<number> => workspace.prisma.file.count();

  beforeAll(async () => {
    workspace = await createWorkspace({ maxUploadBytes: limits.maxUploadBytes });
    server = await startUploadServer(workspace, limits);
    ada = await workspace.person();
    server.viewer.current = ada;
  });
  afterEach(async () => {
    server.viewer.current = ada;
    await server.settled();
    const left = await inFolder('tmp');
    if (left.length > 0) throw new Error(`temporary files were left behind: ${left.join(', ')}`);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await workspace[Symbol.asyncDispose]();
  });

  it('U02 refuses a declared size that is too large before a byte is read', async () => {
    const { request, answer } = openUpload(`${server.url}?name=x.csv`, { 'content-length': '2000000' });
    request.flushHeaders();
    expect((await answer).status).toBe(413);
    request.destroy();
  });

  it('U02 refuses a body that grows too large while it streams, to a client that goes on sending', async () => {
    const { request, answer } = openUpload(`${server.url}?name=x.csv`);
    for (let index = 0; index < 40; index += 1) request.write(Buffer.alloc(50_000, 'a'));
    const { status, body } = await answer;
    expect([status, body.errors]).toMatchObject([413, [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }]]);
    request.destroy();
  });

  it('lets a client that reads late see an early answer, and then ends the connection', async () => {
    const lingerMs = 3_000;
    await using lingering = await startUploadServer(workspace, { ...limits, lingerMs });
    lingering.viewer.current = ada;
    const socket = connect(lingering.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('POST /uploads?name=x.exe HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n');
    for (let index = 0; index < 8; index += 1) await new Promise<unknown>((resolve) => socket.write(Buffer.alloc(100_000, 'a'), resolve));
    await lingering.settled();
    await new Promise<unknown>((resolve) => socket.write('more', resolve));
    const closed = once(socket, 'close', { signal: AbortSignal.timeout(lingerMs + patienceMs) });
    expect(String((await once(socket.resume(), 'data'))[0])).toMatch(/^HTTP\/1.1 415 /);
    await closed;
  });

  it('allows two uploads of a person at once, and frees the place of a client that dies', async () => {
    const uploads = [1, 2].map(() => openUpload(`${server.url}?name=x.csv`));
    for (const { request } of uploads) request.write('a,b\n');
    await eventually(async () => expect(await inFolder('tmp')).toHaveLength(2));
    const third = await post(`${server.url}?name=x.csv`, 'a\n1');
    expect([third.status, third.headers['retry-after'], third.body.errors]).toMatchObject([
      429,
      '5',
      [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 5_000 } }],
    ]);
    for (const { request } of uploads) request.destroy();
    await server.settled();
    expect((await post(`${server.url}?name=x.csv`, 'a\n1')).status).toBe(201);
  });

  it('U03 leaves no file and no row of a client that dies in the middle', async () => {
    const before = [await rowCount(), (await inFolder('files')).length];
    const { request } = openUpload(server.url, { 'content-type': 'multipart/form-data; boundary=edge' });
    request.write(`--edge\r\ncontent-disposition: form-data; name="file"; filename="x.csv"\r\n\r\n${'1,2\n'.repeat(50_000)}`);
    await eventually(async () => expect(await inFolder('tmp')).toHaveLength(1));
    request.destroy();
    await server.settled();
    expect([await rowCount(), (await inFolder('files')).length]).toEqual(before);
  });

  it('stops the reading of a file when the client leaves while it waits for the answer', async () => {
    const begun = createDeferred();
    const ingest = (_request: unknown, signal: AbortSignal): Promise<never> => {
      begun.resolve();
      return abortable(new Promise<never>(() => undefined), signal);
    };
    await using waiting = await createWorkspace({ duckdb: { ingest } });
    await using other = await startUploadServer(waiting, limits);
    other.viewer.current = await waiting.person();
    const { request } = openUpload(`${other.url}?name=x.csv`);
    request.end('a\n1');
    await begun.promise;
    request.destroy();
    await other.settled();
    expect(await readdir(join(waiting.folder, 'tmp'))).toEqual([]);
    expect(await waiting.prisma.file.count()).toBe(0);
  });

  it('gives up a client that falls silent', async () => {
    await using hasty = await startUploadServer(workspace, { ...limits, idleTimeoutMs: 1_500 });
    hasty.viewer.current = ada;
    const { request, answer } = openUpload(`${hasty.url}?name=x.csv`);
    request.write('a,b\n');
    const { status, body } = await answer;
    expect([status, body.errors]).toMatchObject([408, [{ message: expect.stringContaining('No byte came for 1500 ms') }]]);
    request.destroy();
  });

  it.skipIf(!existsSync('/dev/full'))('U03 says that the disk is full with 507', async () => {
    await using full = await createWorkspace({ store: { openNew: () => open('/dev/full', 'w') } });
    await using other = await startUploadServer(full, limits);
    other.viewer.current = await full.person();
    const { status, body } = await post(other.url, form([['x.csv', 'a\n1']]));
    expect([status, body.errors]).toMatchObject([507, [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]]);
    expect(await full.prisma.file.count()).toBe(0);
  });
});
