import { createHash } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArchive } from '../kit/archives.ts';
import { eventually } from '../kit/eventually.ts';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { runSql } from '../kit/database.ts';
import { fillAccount, pixel, trickyText, type FullAccount } from '../kit/full-account.ts';
import { fillPlans } from '../kit/full-plans.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { rowId } from '../kit/ids.ts';

let app: TestApp;
let ada: TestPerson;
let account: FullAccount;
beforeAll(async () => {
  const engine = createScriptedEngine();
  app = await startTestApp({ overrides: { engines: [engine] } });
  ada = await app.person();
  account = await fillAccount(app, ada, engine);
  await fillPlans(ada);
});
afterAll(() => app[Symbol.asyncDispose]());

const globalId = (id: string): string => Buffer.from(`Conversation:${id}`).toString('base64');
const get = (url: string): Promise<Response> => fetch(new URL(url, app.url));

async function exported(id: string, format: 'MARKDOWN' | 'JSON', branches: 'ACTIVE' | 'ALL' = 'ALL'): Promise<Response> {
  const document = 'mutation ($input: ExportConversationInput!) { exportConversation(input: $input) { link { url expiresAt } conversation { id } } }';
  const { exportConversation } = await ada.client.request(document, { input: { conversationId: globalId(id), format, branches } });
  expect(exportConversation.conversation.id).toBe(globalId(id));
  return get(exportConversation.link.url);
}

async function accountLink(): Promise<string> {
  return (await ada.client.request('mutation { exportAccount(input: { confirm: true }) { link { url } } }')).exportAccount.link.url;
}

const entriesOf = async (response: Response): Promise<ReadonlyMap<string, Buffer>> => (await readArchive(Buffer.from(await response.arrayBuffer()))).entries;

const parsed = (bytes: Buffer | undefined): any => JSON.parse(String(bytes));

describe('a conversation as JSON', () => {
  it('has every message of every branch, its words to the byte', async () => {
    const response = await exported(account.conversationId, 'JSON');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const document: any = await response.json();
    expect(document.format).toBe('colloquy-conversation/1');
    expect(document.conversation).toMatchObject({
      title: 'Plans & "dreams"',
      createdAt: '2026-02-01T00:00:00.123Z',
      tags: ['später', 'work'],
      pinnedAt: '2026-02-02T00:00:00.000Z',
      defaults: { model: 'scripted:one' },
    });
    const [question, , answer] = document.messages;
    expect(document.messages).toHaveLength(5);
    expect(question.parts.map((part: any) => [part.kind, part.text])).toEqual([
      ['TEXT', trickyText],
      ['IMAGE', null],
      ['FILE', null],
    ]);
    expect(question).toMatchObject({ isMine: true, sentiment: { score: -0.25, label: 'MIXED' }, createdAt: '2026-02-01T00:00:01.007Z' });
    expect(answer).toMatchObject({ model: 'scripted:one', confidence: 0.5, parentId: question.id, feedback: { rating: 'DOWN', comment: 'Too | long' } });
    expect(document.messages.map((message: any) => message.isActive)).toEqual([true, false, true, false, true]);
  });

  it('has the branch alone that people see, where that is asked for', async () => {
    const document: any = await (await exported(account.conversationId, 'JSON', 'ACTIVE')).json();
    expect(document.messages.map((message: any) => message.isActive)).toEqual([true, true, true]);
  });

  it('has the runs that wrote the answers', async () => {
    const document: any = await (await exported(account.dataConversationId, 'JSON')).json();
    expect(document.messages.at(-1).run).toMatchObject({ status: 'COMPLETED', questionId: document.messages[0].id, finishReason: 'STOP' });
  });
});

describe('a conversation as Markdown', () => {
  it('reads well, and keeps what was said as it came', async () => {
    const response = await exported(account.conversationId, 'MARKDOWN');
    expect(response.headers.get('content-disposition')).toContain('.md');
    const text = await response.text();
    expect(text).toContain(`### Ada Lovelace · 2026-02-01 00:00 UTC\n\n${trickyText}\n\n> Attachment: **pixel.png** (image/png, 70 bytes)`);
    expect(text).toContain('<summary>Reasoning</summary>\n\nWhat would they want?\n\n</details>\n\nThe second answer.\n\nAnd its end.\n');
    expect(text.indexOf('Thanks!')).toBeLessThan(text.indexOf('## Another branch (1 of 1)'));
    expect(text.slice(text.indexOf('## Another branch'))).toMatch(/The first answer\.[^]*On the other branch/);
  });

  it('shows tables as tables, and plots as blocks of vega-lite', async () => {
    const text = await (await exported(account.dataConversationId, 'MARKDOWN')).text();
    expect(text).toContain(String.raw`**The \*oldest\***`);
    expect(text).toContain('| name | age |\n| --- | --- |\n| ada | 36 |\n| grace | 45 |');
    expect(text).toContain('```sql\nSELECT name, age FROM people ORDER BY age\n```');
    const spec = parsed(Buffer.from(/```vega-lite\n(.*)\n```/.exec(text)?.[1] ?? ''));
    expect(spec).toMatchObject({
      mark: 'bar',
      data: {
        values: [
          { name: 'ada', age: 36 },
          { name: 'grace', age: 45 },
        ],
      },
    });
  });
});

describe('an account as an archive', () => {
  it('holds everything but keys, and a manifest that is true', async () => {
    const response = await get(await accountLink());
    expect(response.headers.get('content-type')).toBe('application/zip');
    const entries = await entriesOf(response);
    const manifest = parsed(entries.get('manifest.json'));
    expect(manifest).toMatchObject({
      format: 'colloquy-account/1',
      counts: {
        conversations: 2,
        messages: 7,
        sessions: 1,
        files: 1,
        derivedTables: 1,
        verifiedQueries: 1,
        attachments: 2,
        goals: 2,
        weeklyPlans: 1,
        dailyPlans: 1,
        planItems: 3,
      },
      missing: [],
    });
    const found = [...entries].filter(([path]) => path !== 'manifest.json');
    expect(manifest.entries).toEqual(
      found.map(([path, bytes]) => ({ path, byteSize: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })),
    );
    const session = parsed(entries.get(`sessions/${account.sessionId}.json`));
    expect(session.files[0]).toMatchObject({ name: 'ages.csv', tableName: 'people', ingest: { delimiter: ';' } });
    expect(session.tables[0]).toMatchObject({ name: 'oldest', sql: 'SELECT max(age) AS age FROM people', isCurrent: true });
    expect(String(entries.get(`files/${session.files[0].id}`))).toBe('name;age\nada;36\ngrace;45\n');
    expect(entries.get(`tables/${session.tables[0].id}.parquet`)?.toString('latin1', 0, 4)).toBe('PAR1');
    expect(entries.get(`attachments/${account.attachmentIds[0]}`)).toEqual(pixel);
    expect(parsed(entries.get('profile.json'))).toMatchObject({ email: ada.email, fullName: 'Ada Lovelace' });
    expect(parsed(entries.get('preferences.json')).defaults).toEqual({ temperature: 0.3 });
    expect(Array.isArray(parsed(entries.get('usage.json')))).toBe(true);
    expect(parsed(entries.get('planning/settings.json'))).toMatchObject({ timeZone: 'Europe/Berlin', firstDayOfWeek: 1, rollover: 'MOVE' });
    const [goal, part] = parsed(entries.get('planning/goals.json'));
    expect([goal, part]).toMatchObject([
      { title: 'Speak Italian', targetDate: '2027-06-30', parentId: null },
      { title: 'Verbs', parentId: goal.id, status: 'COMPLETED' },
    ]);
    const [week] = parsed(entries.get('planning/weekly-plans.json'));
    const [day] = parsed(entries.get('planning/daily-plans.json'));
    expect([week, day]).toMatchObject([
      { weekStart: '2026-11-23', focusAreas: ['Verbs'] },
      { date: '2026-11-25', summary: 'Went well' },
    ]);
    expect(parsed(entries.get('planning/items.json'))).toMatchObject([
      { title: 'Learn ten verbs', date: day.date, weekStart: null, goalId: part.id, status: 'DONE', notes: trickyText },
      { title: 'Repeat them', date: null, weekStart: week.weekStart, startTime: '09:30' },
      { title: 'Rest', date: null, weekStart: null },
    ]);
    const everything = found.map(([, bytes]) => bytes.toString()).join('\n');
    expect(everything).not.toMatch(/sealed|password|\$2b\$/i);
    await eventually(async () => expect(await readdir(join(app.dataFolder, 'tmp'))).toEqual([]));
    const [audited] = await runSql(app.connectionString, `SELECT actor_id FROM audit_events WHERE kind = 'ACCOUNT_EXPORTED'`);
    expect(audited).toEqual({ actor_id: rowId(ada.userId) });
  });

  it('is made one at a time', async () => {
    const url = await accountLink();
    const statuses = await Promise.all([get(url), get(url), get(url)].map(async (response) => (await response).status));
    expect(statuses).toContain(200);
    expect(statuses).toContain(429);
  });

  it('says what the disk has lost, and holds the rest', async () => {
    const path = join(app.dataFolder, 'files', (account.attachmentIds[1] ?? '').slice(-2), account.attachmentIds[1] ?? '', 'original');
    await rm(path);
    const entries = await entriesOf(await get(await accountLink()));
    await writeFile(path, '# Notes\n');
    expect(parsed(entries.get('manifest.json')).missing).toEqual([`attachments/${account.attachmentIds[1]}`]);
  });

  it('takes a confirmation, and a login or a key that names it', async () => {
    const [error] = await ada.client.expectErrors('mutation { exportAccount(input: { confirm: false }) { link { url } } }');
    expect(error?.extensions.code).toBe('BAD_USER_INPUT');
    const [nobody] = await app.nobody.expectErrors('mutation { exportAccount(input: { confirm: true }) { link { url } } }');
    expect(nobody?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
