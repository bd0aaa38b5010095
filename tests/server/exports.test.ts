import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../kit/eventually.ts';
import { createSession } from '../access/world.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';

describe('D07 exports', () => {
  let app: TestApp;
  let ada: TestPerson;
  let sessionId: string;
  let fileId: string;
  let shift = 0;
  beforeAll(async () => {
    app = await startTestApp({
      environment: { MAX_DOWNLOADS_PER_USER: '2', WRITE_MAX_BYTES: '100000000' },
      overrides: { clock: { now: () => new Date(Date.now() + shift) } },
    });
    ada = await app.person();
    ({ id: sessionId, fileId } = await createSession(app, ada, 'ages.csv', 'name,age\nada,36\n=1+1,45\n'));
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const exportQuery = async (sql: string, format = 'CSV', more: Readonly<Record<string, unknown>> = {}): Promise<any> => {
    const document = 'mutation ($input: ExportQueryInput!) { exportQuery(input: $input) { export { id name format downloadUrl expiresAt } } }';
    return (await ada.client.request(document, { input: { sessionId, sql, format, ...more } })).exportQuery.export;
  };
  const get = (url: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(url, app.url), init);
  const codeOf = async (response: Response): Promise<unknown> => [response.status, Object(await response.json()).errors[0].extensions.code];
  /** What is made for a download is dropped when it has been sent, a moment after the client has all of it. */
  const nothingIsLeft = (): Promise<void> => eventually(async () => expect(await readdir(join(app.dataFolder, 'tmp'))).toEqual([]));

  it.each([
    ['CSV', 'text/csv; charset=utf-8; header=present', 'Älter.csv', 'name,age\nada,36\n'],
    ['JSON', 'application/json', 'Älter.json', '[\n\t{"name":"ada","age":36}\n]\n'],
    ['PARQUET', 'application/vnd.apache.parquet', 'Älter.parquet', 'PAR1'],
    ['XLSX', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'Älter.xlsx', 'PK'],
  ])('are downloaded as %s, again and again while the link is good', async (format, mediaType, fileName, text) => {
    const made = await exportQuery("SELECT * FROM ages WHERE name = 'ada'", format, { name: 'Älter' });
    expect(made).toMatchObject({ format, name: fileName });
    for (let time = 0; time < (format === 'CSV' ? 2 : 1); time += 1) {
      const answer = await get(made.downloadUrl);
      const body = Buffer.from(await answer.arrayBuffer());
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('accept-ranges')]).toEqual([200, mediaType, 'none']);
      expect(answer.headers.get('content-disposition')).toContain(`filename*=UTF-8''${encodeURIComponent(fileName)}`);
      expect(answer.headers.get('content-length')).toBe(String(body.length));
      expect(body.toString().startsWith(text)).toBe(true);
    }
    const head = await get(made.downloadUrl, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, null]);
    await nothingIsLeft();
  });

  it('make texts harmless for spreadsheets where that is asked for', async () => {
    const { downloadUrl } = await exportQuery('SELECT * FROM ages', 'CSV', { isSpreadsheetSafe: true });
    expect(await (await get(downloadUrl)).text()).toBe("name,age\nada,36\n'=1+1,45\n");
  });

  it.each([
    ['SELECT * FROM age', 'SQL_INVALID'],
    ['DELETE FROM ages', 'SQL_NOT_ALLOWED'],
    ["SELECT * FROM '/etc/passwd'", 'SQL_NOT_ALLOWED'],
  ])('refuse SQL that cannot run before there is a link: %s', async (sql, code) => {
    await expect(exportQuery(sql)).rejects.toThrow(code);
  });

  it('answer an error, and no half file, when the SQL fails while it runs', async () => {
    const { downloadUrl } = await exportQuery('SELECT age, CASE WHEN age > 40 THEN CAST(name AS INTEGER) END AS n FROM ages, range(100000)');
    const answer = await get(downloadUrl);
    expect(answer.headers.get('content-disposition')).toBeNull();
    expect(await codeOf(answer)).toEqual([400, 'SQL_INVALID']);
    await nothingIsLeft();
  });

  it('stream a large result with constant memory, and lose nothing', async () => {
    const { downloadUrl } = await exportQuery("SELECT i AS id, repeat('x', 80) AS text FROM range(600000) t(i)");
    const answer = await get(downloadUrl);
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    let [bytes, lines, peak, nextLook] = [0, 0, 0, 0];
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
      if (bytes < nextLook) continue;
      nextLook += 4_000_000;
      collectGarbage();
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    expect([bytes, lines]).toEqual([Number(answer.headers.get('content-length')), 600_001]);
    expect(bytes).toBeGreaterThan(52_000_000);
    // Of both ends: the client in this process holds some ten megabytes of what it has not looked at.
    expect(peak).toBeLessThan(24_000_000);
    await nothingIsLeft();
  });

  it('give up when the client leaves, and let the next one in', async () => {
    const endless = await exportQuery('SELECT sum(a.i * b.i) AS n FROM range(10000000) a(i), range(10000000) b(i)');
    const quick = await exportQuery('SELECT 1 AS one');
    const leaving = new AbortController();
    const left = get(endless.downloadUrl, { signal: leaving.signal });
    await eventually(async () => expect(await readdir(join(app.dataFolder, 'tmp'))).toHaveLength(1));
    // One of them waits behind the endless one; the other is one too many.
    const others = [get(quick.downloadUrl), get(quick.downloadUrl)];
    const refused = await Promise.race(others.map(async (answer, index) => ({ index, answer: await answer })));
    expect([refused.answer.status, refused.answer.headers.get('retry-after')]).toEqual([429, '5']);
    leaving.abort();
    await expect(left).rejects.toThrow('abort');
    expect(await (await others[1 - refused.index])?.text()).toBe('one\n1\n');
    await nothingIsLeft();
  });

  it('end with their time, and with their session', async () => {
    const made = await exportQuery('SELECT 1 AS one');
    const found = async (): Promise<unknown> =>
      (await ada.client.request('query ($id: ID!) { node(id: $id) { ... on Export { name } } }', { id: made.id })).node;
    expect(await found()).toEqual({ name: made.name });
    const other = await createSession(app, ada);
    const { downloadUrl } = await exportQuery('SELECT * FROM ages', 'CSV', { sessionId: other.id });
    await ada.client.request('mutation ($id: ID!) { deleteSession(input: { id: $id }) { deletedSessionId } }', { id: other.id });
    expect(await codeOf(await get(downloadUrl))).toEqual([404, 'NOT_FOUND']);
    shift = 901_000;
    expect(await codeOf(await get(made.downloadUrl))).toEqual([410, 'LINK_EXPIRED']);
    shift = 0;
  });

  it('are also made of whole tables', async () => {
    const document = 'query ($id: ID!) { file(id: $id) { csv: downloadUrl } }';
    const { file } = await ada.client.request(document, { id: fileId });
    const csv = await get(file.csv);
    expect([csv.headers.get('content-disposition'), await csv.text()]).toEqual(['attachment; filename="ages.csv"', 'name,age\nada,36\n=1+1,45\n']);
  });
});
