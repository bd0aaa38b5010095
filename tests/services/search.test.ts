import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { systemClock } from '../../src/base/clock.ts';
import { uuidv7 } from '../../src/base/id.ts';
import { createLogger } from '../../src/base/logger.ts';
import { createSearch, type Search } from '../../src/services/search/search.ts';
import { searchQuery } from '../../src/services/search/search-query.ts';
import { searchStatement } from '../../src/services/search/search-statement.ts';
import { createStatements } from '../../src/stores/statements.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { say, startConversation } from '../kit/conversations.ts';
import { createTestDatabase, runSql } from '../kit/database.ts';
import { openServices } from '../kit/services.ts';

type Opened = Awaited<ReturnType<typeof openServices>>;
const logger = createLogger({ level: 'silent' });

let opened: Opened;
beforeAll(async () => {
  opened = await openServices();
});
afterAll(() => opened[Symbol.asyncDispose]());

const found = async (viewer: Viewer, query: string): Promise<readonly string[]> =>
  (await opened.services.search.find(viewer, { query, first: 100 }, { isHighlighted: false })).hits.map((hit) => hit.subjectId);

/** Many messages by one statement. */
async function fill(viewer: Viewer, count: number, words: string): Promise<string> {
  const id = await startConversation(opened, viewer);
  await opened.pool.query(
    `WITH message AS (INSERT INTO messages (id, conversation_id, role, depth, created_at) SELECT gen_random_uuid(), $1, 'ASSISTANT', n, now() FROM generate_series(1, $2::int) n RETURNING id, depth)
     INSERT INTO parts (id, message_id, position, kind, text) SELECT gen_random_uuid(), id, 0, 'TEXT', $3 || ' number' || depth FROM message`,
    [id, count, words],
  );
  return id;
}

describe('the index of the search', () => {
  it('follows messages as they are written, changed and deleted', async () => {
    const viewer = await opened.person();
    const conversation = await startConversation(opened, viewer);
    const id = await say(opened, conversation, 'ASSISTANT', 'apricots');
    expect(await found(viewer, 'apricot')).toEqual([id]);
    await opened.prisma.part.create({ data: { id: uuidv7(), messageId: id, position: 1, kind: 'TEXT', text: 'and blueberries' } });
    expect(await found(viewer, 'apricot blueberry')).toEqual([id]);
    await opened.prisma.part.create({ data: { id: uuidv7(), messageId: id, position: 2, kind: 'TOOL_EXCHANGE', data: { title: 'hidden' } } });
    await opened.prisma.part.create({ data: { id: uuidv7(), messageId: id, position: 3, kind: 'PLOT', data: { title: 'Damsons by year' } } });
    expect([await found(viewer, 'hidden'), await found(viewer, 'damson')]).toEqual([[], [id]]);
    await opened.prisma.part.updateMany({ where: { messageId: id, position: 0 }, data: { text: 'cherries' } });
    expect([await found(viewer, 'apricot'), await found(viewer, 'cherry')]).toEqual([[], [id]]);
    await opened.prisma.message.delete({ where: { id } });
    expect(await found(viewer, 'cherry')).toEqual([]);
  });

  it('follows titles, tags and files', async () => {
    const viewer = await opened.person();
    const conversation = await startConversation(opened, viewer, 'elderberries');
    expect(await found(viewer, 'elderberry')).toEqual([conversation]);
    await opened.services.conversations.update(viewer, { id: conversation, title: 'figs', tags: ['grapes'] });
    expect([await found(viewer, 'elderberry'), await found(viewer, 'figs'), await found(viewer, 'grape')]).toEqual([[], [conversation], [conversation]]);
    await opened.services.conversations.update(viewer, { id: conversation, title: null, tags: [] });
    expect([await found(viewer, 'figs'), await found(viewer, 'grape')]).toEqual([[], []]);
    const facts = { ownerId: viewer.userId, format: 'CSV' as const, byteSize: 1n, tableName: 'x', rowCount: 1n, columnCount: 1, ingest: {}, preview: [] };
    const { id } = await opened.prisma.file.create({ data: { id: uuidv7(), name: 'honey.csv', ...facts, columns: [{ name: 'jars' }], createdAt: new Date() } });
    await opened.services.fileChanges.update(viewer, { id, name: 'kiwis.csv' });
    expect([await found(viewer, 'honey'), await found(viewer, 'kiwi'), await found(viewer, 'jar')]).toEqual([[], [id], [id]]);
    await opened.prisma.file.delete({ where: { id } });
    expect(await found(viewer, 'kiwi')).toEqual([]);
  });

  it('gives whoever joins what was said before, and nothing more to whoever leaves', async () => {
    const [owner, guest] = [await opened.person(), await opened.person()];
    const conversation = await startConversation(opened, owner, 'lemons');
    const before = await say(opened, conversation, 'USER', 'lemons', owner.userId);
    const where = { conversationId: conversation, userId: guest.userId };
    expect(await found(guest, 'lemon')).toEqual([]);
    await opened.prisma.participant.create({ data: { ...where, joinedAt: new Date(Date.now() + 1_000) } });
    const after = await say(opened, conversation, 'USER', 'lemons too', owner.userId);
    expect((await found(guest, 'lemon')).toSorted()).toEqual([conversation, before, after].toSorted());
    await opened.prisma.participant.delete({ where: { conversationId_userId: where } });
    expect([await found(guest, 'lemon'), (await found(owner, 'lemon')).length]).toEqual([[], 3]);
    await opened.services.conversations.delete(owner, conversation);
    const { rows } = await opened.pool.query('SELECT 1 FROM search_entries WHERE conversation_id = $1', [conversation]);
    expect([await found(owner, 'lemon'), rows]).toEqual([[], []]);
  });

  it('takes messages of many different words, of which it knows the first', async () => {
    const viewer = await opened.person();
    const conversation = await startConversation(opened, viewer);
    const text = `mangoes ${Array.from({ length: 12_000 }, (_, index) => `${index.toString(36)}ø${(index * 7919).toString(36)}`).join(' ')}`;
    const id = await say(opened, conversation, 'USER', text.slice(0, 100_000));
    expect(await found(viewer, 'mango')).toEqual([id]);
  });
});

describe('O01 the words of others', () => {
  it('are neither found nor looked at: the index gives the entries of the viewer alone', async () => {
    const [viewer, other] = [await opened.person(), await opened.person()];
    await fill(viewer, 300, 'nectarines');
    await fill(other, 3_000, 'nectarines');
    await opened.pool.query('VACUUM ANALYZE search_entries');
    const facts = { types: ['MESSAGE'] as const, asOf: new Date(Date.now() + 1_000), after: null, limit: 21, maxRanked: 1_000, hasTrigrams: true };
    const { text, values } = searchStatement({ userId: viewer.userId, query: searchQuery.parse('nectarine number7'), ...facts });
    const { rows } = await opened.pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values]);
    const scans: any[] = [];
    const walk = (node: any): void => {
      if (node['Index Name'] === 'search_entries_document_idx' || node['Relation Name'] === 'search_entries') scans.push(node);
      for (const child of node.Plans ?? []) walk(child);
    };
    walk(rows[0]['QUERY PLAN'][0].Plan);
    expect(scans.map((node) => node['Index Name'])).toContain('search_entries_document_idx');
    expect(scans.every((node) => node['Actual Rows'] <= 1 && (node['Rows Removed by Filter'] ?? 0) <= 1)).toBe(true);
    expect((await found(viewer, 'nectarine')).length).toBe(100);
    expect(await found(await opened.person(), 'nectarine')).toEqual([]);
  });

  it('are not found by an entry that was left behind', async () => {
    const [owner, stranger] = [await opened.person(), await opened.person()];
    const conversation = await startConversation(opened, owner, 'oranges');
    await say(opened, conversation, 'USER', 'oranges', owner.userId);
    await opened.pool.query(
      `INSERT INTO search_entries SELECT subject_id, $2, kind, conversation_id, at, names, document FROM search_entries WHERE conversation_id = $1`,
      [conversation, stranger.userId],
    );
    expect([(await found(owner, 'orange')).length, await found(stranger, 'orange'), await found(stranger, 'ornages')]).toEqual([2, [], []]);
  });
});

describe('a search', () => {
  const searchWith = (limits: { readonly timeoutMs: number; readonly maxRanked: number }): Search =>
    createSearch({ pool: opened.pool, statements: createStatements({ pool: opened.pool }), clock: systemClock, logger, limits });

  it('ranks no more than it may, and says so', async () => {
    const viewer = await opened.person();
    await fill(viewer, 30, 'peaches');
    const few = await searchWith({ timeoutMs: 30_000, maxRanked: 10 }).find(viewer, { query: 'peach', first: 100 }, { isHighlighted: false });
    expect([few.hits.length, few.isTruncated]).toEqual([10, true]);
    const all = await searchWith({ timeoutMs: 30_000, maxRanked: 30 }).find(viewer, { query: 'peach', first: 100 }, { isHighlighted: false });
    expect([all.hits.length, all.isTruncated]).toEqual([30, false]);
  });

  it('is given up after its time, and the next one works', async () => {
    const viewer = await opened.person();
    const blocker = new Client({ connectionString: opened.connectionString });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE search_entries IN ACCESS EXCLUSIVE MODE');
    const search = searchWith({ timeoutMs: 50, maxRanked: 10 });
    await expect(search.find(viewer, { query: 'x', first: 1 }, { isHighlighted: false })).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
      message: 'The search took longer than 50 ms. Be more precise: more words, or fewer types.',
    });
    await blocker.end();
    expect(await found(viewer, 'x')).toEqual([]);
  });

  it('works where the role may not create extensions, but for typing errors', async () => {
    await using database = await createTestDatabase({ isMigrated: false });
    const role = `limited_${randomUUID().slice(0, 8)}`;
    await runSql(database.connectionString, `CREATE ROLE ${role} LOGIN PASSWORD 'limited'; GRANT ALL ON SCHEMA public TO ${role}`);
    const url = new URL(database.connectionString);
    [url.username, url.password] = [role, 'limited'];
    try {
      await migrate({ connectionString: url.href, logger });
      await using limited = await openServices(undefined, { connectionString: url.href });
      const viewer = await limited.person();
      const conversation = await startConversation(limited, viewer, 'quinces');
      const look = async (query: string): Promise<number> =>
        (await limited.services.search.find(viewer, { query, first: 10 }, { isHighlighted: true })).hits.filter((hit) => hit.subjectId === conversation).length;
      expect([await look('quince'), await look('quniecs')]).toEqual([1, 0]);
    } finally {
      await runSql(database.connectionString, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});
