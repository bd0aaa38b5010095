import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { eventually } from '../kit/eventually.ts';
import { followToEnd } from '../kit/upload-follower.ts';

const bodyType = 'application/offset+octet-stream';
const origin = 'https://app.example.org';

describe('resumable uploads', () => {
  let app: TestApp;
  let ada: TestPerson;
  let eve: TestPerson;
  let endpoint: string;

  beforeAll(async () => {
    app = await startTestApp({ environment: { MAX_UPLOAD_BYTES: '1000000', ALLOWED_ORIGINS: origin } });
    ada = await app.person();
    eve = await app.person();
    endpoint = `${app.url}/uploads/tus`;
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const speak = (method: string, url: string, headers: Readonly<Record<string, string>> = {}, body: string | null = null, person: TestPerson | null = ada) =>
    fetch(url, {
      method,
      body,
      headers: { 'tus-resumable': '1.0.0', ...(person === null ? {} : { authorization: `Bearer ${person.token}` }), ...headers },
    });
  const metadata = (about: Readonly<Record<string, string>>): string =>
    Object.entries(about)
      .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
      .join(',');
  const create = async (byteSize: number, about: Readonly<Record<string, string>> = { filename: 'a.csv' }): Promise<string> => {
    const response = await speak('POST', endpoint, { 'upload-length': String(byteSize), 'upload-metadata': metadata(about) });
    if (response.status !== 201) throw new Error(await response.text());
    return new URL(response.headers.get('location') ?? '', endpoint).href;
  };
  const patch = (url: string, offset: number, body: string, headers: Readonly<Record<string, string>> = {}) =>
    speak('PATCH', url, { 'content-type': bodyType, 'upload-offset': String(offset), ...headers }, body);
  const offsetOf = async (url: string): Promise<string | null> => (await speak('HEAD', url)).headers.get('upload-offset');
  const uuidOf = (url: string): string => url.split('/').at(-1) ?? '';

  const follow = (id: string) => followToEnd(app.url, ada.token, id);

  it('go up by the official client, into a session, and can be followed to their files', async () => {
    const session = (await ada.client.request('mutation { createSession(input: { fileIds: [] }) { session { id } } }')).createSession.session;
    const content = Buffer.from('{"name":"Ada","age":36}\n'.repeat(20_000));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const upload: Upload = new Upload(content, {
      endpoint,
      headers: { authorization: `Bearer ${ada.token}` },
      metadata: { filename: 'people.jsonl', sessionId: session.id, options: '{"isAllText":true}' },
      chunkSize: 50_000,
      onSuccess: () => resolve(upload.url ?? ''),
      onError: reject,
    });
    upload.start();
    const url = await promise;
    const told = await follow(uuidOf(url));
    expect(told.at(-1)).toMatchObject({
      name: 'people.jsonl',
      status: 'READY',
      progress: 1,
      receivedBytes: content.length,
      byteSize: content.length,
      files: [{ name: 'people.jsonl', tableName: 'people', rowCount: 20_000 }],
      error: null,
    });
    expect(
      (await ada.client.request('query ($id: ID!) { session(id: $id) { files { tableName columns { type } } } }', { id: session.id })).session.files,
    ).toEqual([{ tableName: 'people', columns: [{ type: 'VARCHAR' }, { type: 'VARCHAR' }] }]);
    const answer = await ada.client.request('query ($id: ID!) { upload(id: $id) { status isResumable } uploads(first: 1) { edges { node { id } } } }', {
      id: told[0].id,
    });
    expect(answer).toEqual({ upload: { status: 'READY', isResumable: true }, uploads: { edges: [{ node: { id: told[0].id } }] } });
    expect(await offsetOf(url)).toBe(String(content.length));
    expect((await speak('DELETE', url)).status).toBe(409);
  });

  it('R02 U03 go on where they were cut, by the official client', async () => {
    const content = `a,b\n${'1,2\n'.repeat(10_000)}`;
    const url = await create(content.length);
    // A client that dies in the middle of a piece.
    const request = send(url, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        authorization: `Bearer ${ada.token}`,
        'content-type': bodyType,
        'upload-offset': '0',
        'content-length': content.length,
      },
    });
    request.on('error', () => undefined);
    await new Promise((resolve) => request.write(content.slice(0, 15_000), resolve));
    while ((await sizeOf(url)) < 15_000) await new Promise((resolve) => setTimeout(resolve, 5));
    // Asking where it stands ends the transfer that hangs, so that nothing comes behind the answer.
    expect(await offsetOf(url)).toBe('15000');
    request.destroy();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    new Upload(Buffer.from(content), {
      uploadUrl: url,
      headers: { authorization: `Bearer ${ada.token}` },
      onSuccess: () => resolve(),
      onError: reject,
    }).start();
    await promise;
    expect((await follow(uuidOf(url))).at(-1)).toMatchObject({ status: 'READY', files: [{ rowCount: 10_000 }] });
    expect(existsSync(join(app.dataFolder, 'tmp', uuidOf(url)))).toBe(false);
  });

  async function sizeOf(url: string): Promise<number> {
    return (await stat(join(app.dataFolder, 'tmp', uuidOf(url), 'original'))).size;
  }

  it('take their bytes with the creation', async () => {
    const body = 'a,b\n1,2\n';
    const about = { 'upload-length': String(body.length), 'upload-metadata': metadata({ filename: 'a.csv' }), 'content-type': bodyType };
    const created = await speak('POST', `${endpoint}/`, about, body);
    expect(created.status).toBe(201);
    expect(created.headers.get('upload-offset')).toBe(String(body.length));
    expect(Date.parse(created.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    const url = new URL(created.headers.get('location') ?? '', `${endpoint}/`).href;
    expect((await follow(uuidOf(url))).at(-1)).toMatchObject({ status: 'READY' });
  });

  it('keep no piece that is not what its checksum promised', async () => {
    const url = await create(8);
    const sum = (text: string): string => `sha1 ${createHash('sha1').update(text).digest('base64')}`;
    expect((await patch(url, 0, 'a,b\n', { 'upload-checksum': sum('a;b\n') })).status).toBe(460);
    expect(await offsetOf(url)).toBe('0');
    expect((await patch(url, 0, 'a,b\n', { 'upload-checksum': 'crc32 AAAA' })).status).toBe(400);
    expect((await patch(url, 0, 'a,b\n', { 'upload-checksum': sum('a,b\n') })).status).toBe(204);
    expect(await offsetOf(url)).toBe('4');
    expect((await speak('POST', url, { 'x-http-method-override': 'DELETE' })).status).toBe(204);
    expect((await speak('HEAD', url)).status).toBe(410);
    expect((await patch(url, 4, '1,2\n')).status).toBe(409);
    expect(existsSync(join(app.dataFolder, 'tmp', uuidOf(url)))).toBe(false);
  });

  it('U02 tell why a file cannot be read, and are begun anew', async () => {
    const page = '<!doctype html><html>';
    const url = await create(page.length);
    expect((await patch(url, 0, page)).status).toBe(204);
    expect((await follow(uuidOf(url))).at(-1)).toMatchObject({
      status: 'FAILED',
      files: [],
      error: { code: 'UNSUPPORTED_FILE', message: expect.stringContaining('"a.csv"') },
    });
    expect((await speak('HEAD', url)).status).toBe(410);
    expect(existsSync(join(app.dataFolder, 'tmp', uuidOf(url)))).toBe(false);
  });

  it('A01 of another person answer like missing ones, and nothing of them changes', async () => {
    const url = await create(8);
    const nothing = `${endpoint}/01890000-0000-7000-8000-000000000000`;
    for (const method of ['HEAD', 'PATCH', 'DELETE']) {
      const answers = [];
      for (const target of [url, nothing, `${endpoint}/..%2Fx`]) {
        const response = await speak(method, target, { 'content-type': bodyType, 'upload-offset': '0' }, method === 'PATCH' ? 'a,b\n' : null, eve);
        answers.push([response.status, (await response.text()).replace(/"requestId":"[^"]*"/, '')]);
      }
      expect(answers[0]?.[0]).toBe(404);
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
    }
    expect((await speak('HEAD', url, {}, null, null)).status).toBe(401);
    expect(await offsetOf(url)).toBe('0');
    await runSql(app.connectionString, `UPDATE uploads SET expires_at = now() WHERE id = '${uuidOf(url)}'`);
    expect((await speak('HEAD', url)).status).toBe(404);
  });

  it.each<[string, number, (url: string) => Promise<Response>]>([
    ['another version of the protocol', 412, (url) => speak('HEAD', url, { 'tus-resumable': '0.2.2' })],
    ['an offset that is not where it stands', 409, (url) => patch(url, 3, 'b')],
    ['an offset that is no number', 400, (url) => speak('PATCH', url, { 'content-type': bodyType, 'upload-offset': '-1' }, 'a')],
    ['another content type', 415, (url) => patch(url, 0, 'a', { 'content-type': 'text/plain' })],
    ['more bytes than were announced', 413, (url) => patch(url, 0, 'a,b\n1,2\n3,4\n')],
    ['another method', 405, (url) => speak('GET', url)],
    ['a length that is too large', 413, () => speak('POST', endpoint, { 'upload-length': '1000001', 'upload-metadata': metadata({ filename: 'a.csv' }) })],
    ['no length', 400, () => speak('POST', endpoint, { 'upload-metadata': metadata({ filename: 'a.csv' }) })],
    ['a length that comes later', 400, () => speak('POST', endpoint, { 'upload-defer-length': '1', 'upload-metadata': metadata({ filename: 'a.csv' }) })],
    ['an empty file', 415, () => speak('POST', endpoint, { 'upload-length': '0', 'upload-metadata': metadata({ filename: 'a.csv' }) })],
    ['an ending that cannot be read', 415, () => speak('POST', endpoint, { 'upload-length': '5', 'upload-metadata': metadata({ filename: 'a.exe' }) })],
    [
      'options that are none',
      400,
      () => speak('POST', endpoint, { 'upload-length': '5', 'upload-metadata': metadata({ filename: 'a.csv', options: '{"x":1}' }) }),
    ],
  ])('refuse %s with %i', async (_what, status, ask) => {
    const url = await create(8);
    const response = await ask(url);
    expect(response.status).toBe(status);
    expect(response.headers.get('tus-resumable')).toBe('1.0.0');
    if (response.body !== null && status !== 412) expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId: expect.any(String) } }] });
    expect(await offsetOf(url)).toBe('0');
    await speak('DELETE', url);
  });

  it('are bounded in number', async () => {
    const urls: string[] = [];
    const more = async (): Promise<void> => {
      for (;;) urls.push(await create(8));
    };
    await expect(more()).rejects.toThrow('10 resumable uploads of yours are unfinished');
    for (const url of urls) await speak('DELETE', url);
  });

  it('say what they can, also to pages of other origins', async () => {
    const { status, headers } = await fetch(endpoint, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'upload-offset' },
    });
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      'tus-version': '1.0.0',
      'tus-max-size': '1000000',
      'tus-extension': 'creation,creation-with-upload,termination,expiration,checksum',
      'tus-checksum-algorithm': 'sha1,sha256,md5',
      'access-control-allow-methods': 'POST, HEAD, PATCH, DELETE',
      'access-control-allow-headers': 'upload-offset',
      'access-control-expose-headers': expect.stringContaining('Upload-Offset'),
    });
  });

  it('a plain upload is followed by the id that its client chose', async () => {
    // One that does not come within a second is not waited for any longer, and that long a busy machine may stand still: then another is tried.
    const id = await eventually(async () => {
      const chosen = crypto.randomUUID();
      const following = follow(chosen);
      // Who does not wait for it has been told by now that there is none.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const posted = await fetch(`${app.url}/uploads?uploadId=${chosen}&name=plain.csv`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ada.token}` },
        body: 'a,b\n1,2\n',
      });
      expect(posted.status).toBe(201);
      expect((await following).at(-1)).toMatchObject({ status: 'READY', name: 'plain.csv', byteSize: 8, files: [{ tableName: 'plain' }] });
      return chosen;
    });
    const again = await fetch(`${app.url}/uploads?uploadId=${id}&name=plain.csv`, {
      method: 'POST',
      headers: { authorization: `Bearer ${eve.token}` },
      body: 'a\n1',
    });
    expect(again.status).toBe(409);
  });
});
