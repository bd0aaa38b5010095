import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { createScriptedEngine } from '../kit/scripted-engine.ts';
import { openRunTest } from './run-kit.ts';

const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`;

/** Waits until a deletion waits, then reaches for its conversation. */
const reachFor = (id: string): string => `DO $$ BEGIN
  WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%DELETE%') LOOP
    PERFORM pg_sleep(0.005), pg_stat_clear_snapshot();
  END LOOP;
  PERFORM 1 FROM conversations WHERE id = '${id}' FOR KEY SHARE;
  IF NOT FOUND THEN RAISE 'the conversation is gone already'; END IF;
END $$`;

describe('a conversation', () => {
  it('is deleted although somebody holds one of its messages and reaches for the conversation', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    const { id } = await test.conversations.create(viewer, {});
    const { id: messageId } = await test.prisma.message.create({ data: { id: uuidv7(), conversationId: id, role: 'USER', createdAt: new Date() } });
    const other = new Client({ connectionString: test.connectionString });
    await other.connect();
    await other.query('BEGIN');
    // So it is the deletion that PostgreSQL gives up.
    await other.query(`SET LOCAL deadlock_timeout = '60s'`);
    await other.query('SELECT 1 FROM messages WHERE id = $1 FOR KEY SHARE', [messageId]);
    const deleted = test.conversations.delete(viewer, id);
    // Looks for a deadlock once, a second after it began to wait: by then the other must wait for it, which is therefore done by one statement.
    await other.query(reachFor(id));
    await other.query('COMMIT');
    await deleted;
    expect(await test.prisma.conversation.findUnique({ where: { id } })).toBeNull();
    await other.end();
  });
});

describe('the end of a run', () => {
  it('waits for whoever holds the conversation, before it takes the run', async () => {
    const engine = createScriptedEngine();
    await using test = await openRunTest({ engines: [engine] });
    const viewer = await test.person();
    // With a title already, so that the end is all that is stored.
    const { id: conversationId } = await test.conversations.create(viewer, { title: 'Greetings' });
    const run = await test.runs.send(viewer, { text: 'Hello', conversationId });
    const call = await engine.nextCall();
    const other = new Client({ connectionString: test.connectionString });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE', [conversationId]);
    call.text('Hi');
    call.finish();
    await expect.poll(async () => (await test.pool.query(waiting, ['%UPDATE runs SET status%'])).rows).toEqual([{ count: 1 }]);
    const free = await other.query('SELECT 1 FROM runs WHERE id = $1 FOR UPDATE NOWAIT', [run.id]);
    await other.query('COMMIT');
    expect(free.rowCount).toBe(1);
    await test.eventsOf(viewer, run.id);
    await other.end();
  });
});
