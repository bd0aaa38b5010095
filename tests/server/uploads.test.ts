import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeGlobalID } from '@pothos/plugin-relay';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createWorkspace, type Workspace } from '../services/session-workspace.ts';
import { form, post, rawForm, sessionGlobalId, startUploadServer } from './uploads-server.ts';

const limits = { maxUploadBytes: 1_000_000 };

describe('POST /uploads', () => {
  let workspace: Workspace;
  let server: Awaited<ReturnType<typeof startUploadServer>>;
  let ada: Viewer;
  let eve: Viewer;
  const inFolder = async (name: string): Promise<readonly string[]> => (existsSync(join(workspace.folder, name)) ? readdir(join(workspace.folder, name)) : []);
  const rowCount = (): Promise<number> => workspace.prisma.file.count();

  beforeAll(async () => {
    workspace = await createWorkspace({ maxUploadBytes: limits.maxUploadBytes });
    server = await startUploadServer(workspace, limits);
    ada = await workspace.person();
    eve = await workspace.person();
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

  it('answers several files of a form with their ids, tables, columns, previews and reports', async () => {
    const { status, body } = await post(
      server.url,
      form([
        ['Cars.csv', 'make,price\nVW,1\n'],
        ['two.tsv', 'a\tb\n1\t2\n'],
      ]),
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({
      requestId: 'request-1',
      files: [
        {
          name: 'Cars.csv',
          tableName: 'cars',
          rowCount: 1,
          columnCount: 2,
          byteSize: 16,
          columns: [{ name: 'make' }, { name: 'price' }],
          preview: { columns: ['make', 'price'], rows: [['VW', '1']] },
          ingest: { delimiter: ',' },
        },
        { name: 'two.tsv', tableName: 'two' },
      ],
    });
    const { typename, id } = decodeGlobalID(body.files?.[0]?.id ?? '');
    expect(typename).toBe('File');
    expect(await workspace.files.get(ada, id)).toMatchObject({ sessionId: null, byteSize: 16n });
  });

  it('takes the file itself as the body', async () => {
    const { status, body } = await post(`${server.url}?name=raw%20data.csv`, 'a,b\n1,2\n', { 'content-type': 'text/csv' });
    expect(status).toBe(201);
    expect(body.files).toMatchObject([{ name: 'raw data.csv', tableName: 'raw_data' }]);
  });

  it.each([
    ['in the query', (id: string) => post(`${server.url}?sessionId=${encodeURIComponent(id)}`, form([['x.csv', 'a\n1']]))],
    ['as a field before the files', (id: string) => post(server.url, form([['x.csv', 'a\n1']], { sessionId: id }))],
  ])('joins a session that is named %s', async (_where, upload) => {
    const session = await workspace.sessions.create(ada, { fileIds: [] });
    expect((await upload(sessionGlobalId(session.id))).status).toBe(201);
    expect(await workspace.tables.list({ sessionId: session.id, userId: ada.userId })).toMatchObject([{ name: 'x' }]);
  });

  it('answers the session of another person like a missing one, and stores nothing', async () => {
    const session = await workspace.sessions.create(ada, { fileIds: [] });
    server.viewer.current = eve;
    const before = await rowCount();
    const answers = [];
    for (const id of [session.id, uuidv7()]) {
      answers.push(await post(server.url, form([['x.csv', 'a\n1']], { sessionId: sessionGlobalId(id) })));
      answers.push(await post(`${server.url}?sessionId=${sessionGlobalId(id)}`, form([['x.csv', 'a\n1']])));
    }
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body).toEqual({
        errors: [{ message: 'No Session with this id exists, or you may not see it.', extensions: { code: 'NOT_FOUND', requestId: 'request-1' } }],
      });
    }
    expect(await rowCount()).toBe(before);
  });

  it.each([
    ['nobody is signed in', 401, 'UNAUTHENTICATED', () => ((server.viewer.current = null), post(server.url, form([['x.csv', 'a\n1']])))],
    ['an ending that cannot be read', 415, 'UNSUPPORTED_FILE', () => post(server.url, form([['x.exe', 'a\n1']]))],
    ['an empty file', 415, 'UNSUPPORTED_FILE', () => post(server.url, form([['x.csv', '']]))],
    [
      'a second file that cannot be read',
      415,
      'UNSUPPORTED_FILE',
      () =>
        post(
          server.url,
          form([
            ['x.csv', 'a\n1'],
            ['y.csv', 'unreadable'],
          ]),
        ),
    ],
    ['a compressed body', 415, 'UNSUPPORTED_FILE', () => post(`${server.url}?name=x.csv`, 'a', { 'content-encoding': 'gzip' })],
    ['a form without a file', 400, 'BAD_USER_INPUT', () => post(server.url, rawForm([]).body, rawForm([]).headers)],
    ['a body without a name', 400, 'BAD_USER_INPUT', () => post(server.url, 'a,b\n1,2', { 'content-type': 'text/csv' })],
    ['an id that is no session', 400, 'BAD_USER_INPUT', () => post(`${server.url}?sessionId=RmlsZTox`, form([['x.csv', 'a\n1']]))],
    ['an unknown field', 400, 'BAD_USER_INPUT', () => post(server.url, form([['x.csv', 'a\n1']], { path: '/etc' }))],
    [
      'a form that ends in the middle',
      400,
      'BAD_USER_INPUT',
      () =>
        post(server.url, '--edge\r\ncontent-disposition: form-data; name="file"; filename="x.csv"\r\n\r\na,b\n1', {
          'content-type': 'multipart/form-data; boundary=edge',
        }),
    ],
    ['a form without a boundary', 400, 'BAD_USER_INPUT', () => post(server.url, 'x', { 'content-type': 'multipart/form-data' })],
    [
      'a session after a file',
      400,
      'BAD_USER_INPUT',
      () => {
        const { body, headers } = rawForm([
          { disposition: 'name="file"; filename="x.csv"', content: 'a\n1' },
          { disposition: 'name="sessionId"', content: sessionGlobalId(uuidv7()) },
        ]);
        return post(server.url, body, headers);
      },
    ],
  ])('U02 refuses %s with %i %s', async (_what, status, code, upload) => {
    const before = await rowCount();
    const answer = await upload();
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toMatchObject([{ message: expect.stringMatching(/\w{3}/), extensions: { code, requestId: 'request-1' } }]);
    expect(await rowCount()).toBe(before);
  });

  it.each(['../../x.csv', 'C:\\temp\\x.csv', `${'n'.repeat(300)}.csv`, "o'x.csv", '🚗.csv', '*.csv', 'nul\0.csv'])(
    'U01 takes the name %s for a label only',
    async (name) => {
      const { body, headers } = rawForm([{ disposition: `name="file"; filename="${name}"`, content: 'a\n1' }]);
      const answer = await post(server.url, body, headers);
      expect(answer.status).toBe(201);
      const { id } = decodeGlobalID(answer.body.files?.[0]?.id ?? '');
      expect(existsSync(join(workspace.folder, 'files', id.slice(-2), id, 'original'))).toBe(true);
      expect(answer.body.files?.[0]?.name).not.toMatch(/[/\\]/);
      expect(answer.body.files?.[0]?.name.length).toBeLessThanOrEqual(255);
    },
  );

  it('refuses other methods', async () => {
    const response = await fetch(server.url);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('masks what no one expected', async () => {
    const broken = {
      ...workspace,
      uploads: {
        begin: () => {
          throw new Error('secret path');
        },
      },
    };
    await using other = await startUploadServer(broken, limits);
    other.viewer.current = ada;
    const { status, body } = await post(other.url, form([['x.csv', 'a\n1']]));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
  });
});
