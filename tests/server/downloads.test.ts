import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentDisposition } from '../../src/server/content-disposition.ts';
import { parseRange } from '../../src/server/byte-range.ts';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';

const text = 'name,age\nada,36\ngrace,45\n';

describe('A21 signed downloads', () => {
  let app: TestApp;
  let ada: TestPerson;
  let shift = 0;
  beforeAll(async () => {
    app = await startTestApp({ overrides: { clock: { now: () => new Date(Date.now() + shift) } } });
    ada = await app.person();
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const linkOf = async (person: TestPerson, fileId: string, field = 'originalUrl'): Promise<string> =>
    (await person.client.request(`query ($id: ID!) { file(id: $id) { url: ${field} } }`, { id: fileId })).file.url;
  const get = (url: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(url, app.url), init);
  const codeOf = async (response: Response): Promise<unknown> => [response.status, Object(await response.json()).errors[0].extensions.code];

  it('give the original to the byte, under its name and without signing in', async () => {
    const { fileId } = await createSession(app, ada, 'Ümsätze 2024.csv', text);
    const answer = await get(await linkOf(ada, fileId));
    expect([answer.status, await answer.text()]).toEqual([200, text]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv',
      'content-length': String(text.length),
      'content-disposition': `attachment; filename="_ms_tze 2024.csv"; filename*=UTF-8''%C3%9Cms%C3%A4tze%202024.csv`,
      'cache-control': 'private, no-store',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const parquet = Buffer.from(await (await get(await linkOf(ada, fileId, 'downloadUrl(format: PARQUET)'))).arrayBuffer());
    expect([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
  });

  it('give parts, so that a download that broke can go on', async () => {
    const { fileId } = await createSession(app, ada, 'ages.csv', text);
    const url = await linkOf(ada, fileId);
    const head = await get(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(text.length), '']);
    const etag = head.headers.get('etag') ?? '';
    const part = async (range: string, ifRange?: string): Promise<unknown> => {
      const answer = await get(url, { headers: { range, ...(ifRange === undefined ? {} : { 'if-range': ifRange }) } });
      return [answer.status, answer.headers.get('content-range'), await answer.text()];
    };
    expect(await part('bytes=5-7')).toEqual([206, `bytes 5-7/${text.length}`, text.slice(5, 8)]);
    expect(await part('bytes=9-', etag)).toEqual([206, `bytes 9-24/${text.length}`, text.slice(9)]);
    expect(await part('bytes=9-', '"another"')).toEqual([200, null, text]);
    expect(await part('bytes=25-')).toEqual([416, 'bytes */25', '']);
  });

  it('refuse a link that was changed, and one that is too old', async () => {
    const { fileId } = await createSession(app, ada);
    const url = await linkOf(ada, fileId);
    expect(await codeOf(await get(`${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`))).toEqual([403, 'FORBIDDEN']);
    expect(await codeOf(await get('/downloads/x'))).toEqual([403, 'FORBIDDEN']);
    shift = 901_000;
    expect(await codeOf(await get(url))).toEqual([410, 'LINK_EXPIRED']);
    shift = 0;
    expect(await codeOf(await get(url, { method: 'POST' }))).toEqual([405, 'METHOD_NOT_ALLOWED']);
  });

  it('end with what they lead to, and with the account', async () => {
    const bob = await app.person();
    const [gone, kept] = [await createSession(app, bob), await createSession(app, bob)];
    const links = [await linkOf(bob, gone.fileId), await linkOf(bob, kept.fileId)];
    await bob.client.request('mutation ($id: ID!) { deleteSession(input: { id: $id }) { deletedSessionId } }', { id: gone.id });
    expect(await codeOf(await get(links[0] ?? ''))).toEqual([404, 'NOT_FOUND']);
    expect((await get(links[1] ?? '')).status).toBe(200);
    await runSql(app.connectionString, `UPDATE users SET disabled_at = now() WHERE email = '${bob.email}'`);
    expect(await codeOf(await get(links[1] ?? ''))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('the name of a download', () => {
  it.each([
    ['sales.csv', 'attachment; filename="sales.csv"'],
    ['a/b\\c\r\nX: y.csv', 'attachment; filename="a_b_cX_ y.csv"'],
    ['..', 'attachment; filename="download"'],
    ['100%.csv', `attachment; filename="100_.csv"; filename*=UTF-8''100%25.csv`],
    ["it's (1)*.csv", 'attachment; filename="it\'s (1)_.csv"'],
    ['日本.csv', `attachment; filename="__.csv"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.csv`],
    [`${'x'.repeat(300)}.csv.gz`, `attachment; filename="${'x'.repeat(193)}.csv.gz"`],
  ])('is safe in the header: %#', (name, header) => expect(contentDisposition(name)).toBe(header));
});

describe('a range', () => {
  it.each([
    [undefined, null],
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=4-', { start: 4, end: 9 }],
    ['bytes=4-99', { start: 4, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=5-4', null],
    ['bytes=1-2,4-5', null],
    ['rows=1-2', null],
    ['bytes=-', null],
  ])('of ten bytes, %s', (header, range) => expect(parseRange(header, 10)).toEqual(range));
});
