import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp, type TestPerson } from '../kit/app.ts';
import { comparable, exportAccount, type Archive } from '../kit/archives.ts';
import { runSql } from '../kit/database.ts';
import { fillAccount, type FullAccount } from '../kit/full-account.ts';
import { importFile, postImport, zipOf } from '../kit/imports.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { chatgptExport, chatgptMessage, mappingOf } from '../services/import/documents.ts';
import { rowId } from '../kit/ids.ts';

const limits = {
  MAX_IMPORT_BYTES: '3000000',
  MAX_IMPORT_UNPACKED_BYTES: '20000000',
  MAX_IMPORT_ELEMENT_BYTES: '1000000',
  MAX_IMPORT_MESSAGES: '500',
};
const engine = createScriptedEngine();
let app: TestApp;
beforeAll(async () => void (app = await startTestApp({ environment: limits, overrides: { engines: [engine] } })));
afterAll(() => app[Symbol.asyncDispose]());

const messagesOf = (person: TestPerson) =>
  runSql(
    app.connectionString,
    `SELECT p.text, m.depth, m.created_at AS at, m.is_active AS "isActive" FROM messages m JOIN conversations c ON c.id = m.conversation_id LEFT JOIN parts p ON p.message_id = m.id
     WHERE c.owner_id = '${rowId(person.userId)}' ORDER BY m.created_at, m.id, p.position`,
  );

/** An archive whose bytes were changed after it was written. */
function changed(archive: Buffer, from: string, to: string): Buffer {
  return Buffer.from(archive.toString('latin1').replaceAll(from, to), 'latin1');
}

describe('I01 what unpacks to more than it may, has no end or no bottom', () => {
  it('is refused while it comes', async () => {
    const { token } = await app.person();
    expect(await postImport(app, token, 'x'.repeat(3_500_000))).toMatchObject({
      status: 413,
      body: { errors: [{ message: expect.stringContaining('3000000') }] },
    });
    expect(await readdir(join(app.dataFolder, 'tmp')).catch(() => [])).toEqual([]);
  });

  it('is refused before it is unpacked', async () => {
    const bomb = await zipOf({ 'conversations.json': JSON.stringify(chatgptExport), 'bomb.bin': Buffer.alloc(21_000_000) });
    expect(bomb.length).toBeLessThan(100_000);
    const person = await app.person();
    expect(await importFile(app, person, bomb)).toMatchObject({
      status: 'FAILED',
      error: { code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('20000000') },
    });
    expect(await messagesOf(person)).toEqual([]);
  });

  it('is stopped where it is larger than it says', async () => {
    const honest = await zipOf({ 'conversations.json': JSON.stringify(chatgptExport) });
    const central = honest.indexOf('PK\u0001\u0002', 0, 'latin1');
    const lying = Buffer.from(honest);
    lying.writeUInt32LE(50, central + 24);
    const done = await importFile(app, await app.person(), lying);
    expect(done).toMatchObject({ status: 'FAILED', error: { code: 'UNSUPPORTED_FILE', message: expect.stringContaining('damaged') } });
  });

  it('is passed over and told of, and what is beside it comes', async () => {
    const person = await app.person();
    const deep = `{"mapping":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    const large = JSON.stringify({ title: 'large', mapping: { q: { message: chatgptMessage('user', ['x'.repeat(1_100_000)]) } } });
    const done = await importFile(app, person, `[${deep},${large},${JSON.stringify(chatgptExport[0])}]`);
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { conversations: 1 } });
    expect(done.problems.map((problem: any) => problem.reason)).toEqual([
      'Element 1 is nested more than 200 levels deep.',
      'Element 2 has more than 1000000 bytes.',
      'An attachment is not in the file that was sent; its name alone was taken over.',
    ]);
  });

  it('is no archive in an archive: that is a file like others', async () => {
    const inner = await zipOf({ 'conversations.json': JSON.stringify(chatgptExport) });
    const done = await importFile(app, await app.person(), await zipOf({ 'inner.zip': inner }));
    expect(done).toMatchObject({ status: 'FAILED', error: { message: expect.stringContaining('holds no conversations that are known here') } });
  });
});

describe('I02 trees that are none, and texts and moments that cannot be', () => {
  it('come with every message once, rings cut, and no more than may be', async () => {
    const person = await app.person();
    const ring = mappingOf({
      a: ['c', chatgptMessage('user', ['a'])],
      b: ['a', chatgptMessage('assistant', ['b'])],
      c: ['b', chatgptMessage('user', ['c'])],
      d: ['d', chatgptMessage('user', ['d'])],
    });
    const long = mappingOf(
      Object.fromEntries(
        Array.from({ length: 700 }, (_entry, index) => [`n${index}`, [index === 0 ? null : `n${index - 1}`, chatgptMessage('user', [String(index)])] as const]),
      ),
    );
    const done = await importFile(app, person, [
      { title: 'ring', mapping: ring, current_node: 'b' },
      { title: 'long', mapping: long },
    ]);
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { conversations: 2, messages: 504 } });
    expect(done.problems).toEqual([
      { subject: 'ring', reason: expect.stringContaining('follow themselves'), count: 2 },
      { subject: 'long', reason: expect.stringContaining('more than 500 messages'), count: 1 },
    ]);
    const [tree] = await runSql(
      app.connectionString,
      `SELECT count(*)::int AS count, count(*) FILTER (WHERE m.is_active)::int AS active, count(DISTINCT m.depth) FILTER (WHERE m.is_active)::int AS depths,
         bool_and(m.parent_id IS NULL OR m.depth = (SELECT p.depth + 1 FROM messages p WHERE p.id = m.parent_id)) AS "isTree"
       FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.owner_id = '${rowId(person.userId)}' AND c.title = 'ring'`,
    );
    expect(tree).toEqual({ count: 4, active: 3, depths: 3, isTree: true });
  });

  it('come with characters and moments set right', async () => {
    const person = await app.person();
    const said = (text: string, time: unknown) => [null, chatgptMessage('user', [text], { create_time: time })] as const;
    const mapping = mappingOf({
      a: said('a\u0000b', 1_700_000_000),
      b: said(`half \uD800 pair`, 9e15),
      c: said('before', -5),
      d: said('far', 32_503_680_000),
      e: said('old', 1_000),
    });
    const done = await importFile(app, person, [{ title: 'A\u0000B\n'.repeat(200), create_time: 1_600_000_000, mapping }]);
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { conversations: 1, messages: 5 } });
    const rows = await messagesOf(person);
    expect(new Set(rows.map(({ text }) => text))).toEqual(new Set(['a\u{FFFD}b', 'before', 'far', 'half \u{FFFD} pair', 'old']));
    for (const { at } of rows) {
      expect(Number(at)).toBeGreaterThan(Date.UTC(2000, 0, 1));
      expect(Number(at)).toBeLessThanOrEqual(Date.now());
    }
    expect(done.problems.map((problem: any) => problem.reason).toSorted()).toEqual([
      'A moment before 1990 or in the future was set right.',
      'A text of more than 200 characters was cut.',
      'Characters that cannot be stored (U+0000, halves of pairs) were replaced by U+FFFD.',
    ]);
  });
});

describe('I03 names, ids and parts that no product wrote', () => {
  let owner: TestPerson;
  let ids: FullAccount;
  let before: Archive;
  beforeAll(async () => {
    owner = await app.person();
    ids = await fillAccount(app, owner, engine);
    before = await exportAccount(app, owner);
  });

  it('that lead out of an archive are refused', async () => {
    const archive = changed(await zipOf({ 'conversations.json': JSON.stringify(chatgptExport), 'aa/file-x.png': 'x' }), 'aa/file-x.png', '../file-x.png');
    const done = await importFile(app, await app.person(), archive);
    expect(done).toMatchObject({ status: 'FAILED', error: { code: 'UNSUPPORTED_FILE', message: expect.stringContaining('damaged') } });
  });

  it('that are another’s things lead nowhere, and change nothing of them', async () => {
    const thief = await app.person();
    const done = await importFile(app, thief, before.bytes);
    expect(done).toMatchObject({ status: 'COMPLETED', problems: [], counts: { conversations: 2, sessions: 1, files: 1 } });
    expect(comparable(await exportAccount(app, owner)), 'nothing of the owner has changed').toEqual(comparable(before));
    const shared = await runSql(
      app.connectionString,
      `SELECT count(*)::int AS count FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.owner_id = '${rowId(thief.userId)}' AND m.author_id IS DISTINCT FROM c.owner_id AND m.role = 'USER'`,
    );
    expect(shared).toEqual([{ count: 0 }]);
  });

  it('are checked like what models write: plots, results, files, judgements', async () => {
    const document = JSON.parse(String(before.entries.get(`conversations/${ids.dataConversationId}.json`)));
    const answer = document.messages.at(-1);
    const plot = answer.parts.find((part: any) => part.kind === 'PLOT');
    plot.data.source = { ...plot.data.source, mark: { type: 'image', url: 'http://192.0.2.1/x' } };
    plot.data.spec = { ...plot.data.spec, data: { url: 'http://192.0.2.1/data.json' } };
    answer.parts.push({
      id: plot.id.replace(/.$/, '0'),
      kind: 'FILE',
      text: null,
      data: { attachmentId: 'no id', name: 'x', mediaType: 'x', byteSize: 1e12, width: null, height: null },
      versions: [],
    });
    answer.parts.push({ id: plot.id.replace(/.$/, '1'), kind: 'QUERY_RESULT', text: null, data: { rows: 'many' }, versions: [] });
    answer.sentiment = { method: 'MAGIC', score: 0.5, magnitude: 1, label: 'MIXED', emotion: null, model: null, createdAt: answer.createdAt };
    document.messages.push({ id: 'nonsense' });
    const person = await app.person();
    const done = await importFile(app, person, document);
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { conversations: 1, messages: 2 } });
    expect(done.problems.map((problem: any) => problem.reason).toSorted()).toEqual([
      'A judgement of a mood cannot be read.',
      expect.stringContaining('A message cannot be read'),
      'A part of the kind FILE cannot be read.',
      'A part of the kind QUERY_RESULT cannot be read.',
      expect.stringContaining('A plot was left out'),
      'Its data session is not in the file that was sent; the conversation stands alone.',
    ]);
    const stored = await exportAccount(app, person);
    expect([...stored.entries.values()].join('\n')).not.toContain('192.0.2.1');
  });

  it('of hostile sessions name no table of anybody’s, and no file that is none', async () => {
    const { sessionId } = ids;
    const entries = Object.fromEntries(before.entries);
    const session = JSON.parse(String(entries[`sessions/${sessionId}.json`]));
    const [table] = session.tables;
    table.name = 'people"; DROP TABLE x; --';
    session.files.push({ ...session.files[0], id: '00000000-0000-4000-8000-000000000009', name: '../../etc/passwd.parquet', format: 'PARQUET' });
    entries[`files/00000000-0000-4000-8000-000000000009`] = Buffer.from('\u0000\u0001 not a table');
    const person = await app.person();
    const done = await importFile(app, person, await zipOf({ ...entries, [`sessions/${sessionId}.json`]: JSON.stringify(session) }));
    expect(done).toMatchObject({ status: 'COMPLETED', counts: { sessions: 1, files: 1, derivedTables: 0 } });
    expect(done.problems.map((problem: any) => problem.subject).toSorted()).toEqual(['../../etc/passwd.parquet', 'people"; DROP TABLE x; --']);
  });
});
