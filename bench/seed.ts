// Conversations for the benchmark, written straight into the embedded PostgreSQL of the product.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'pg';
import { uuidv7 } from '../src/base/id.ts';

/** The connection string of the PostgreSQL in a data folder that is running. Line 4 of `postmaster.pid` is the port, line 5 the folder of the socket. */
export async function databaseOf(dataFolder: string): Promise<string> {
  const lines = (await readFile(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return `postgresql://colloquy@localhost:${lines[3]}/colloquy?host=${encodeURIComponent(lines[4] ?? '')}`;
}

/**
 * Gives a person conversations with messages of one text part each.
 *
 * @returns the connection string of the database
 */
export async function seedConversations(
  dataFolder: string,
  userId: string,
  size: { readonly conversations: number; readonly messages: number },
): Promise<string> {
  const connectionString = await databaseOf(dataFolder);
  const pool = new Pool({ connectionString });
  const rows = Array.from({ length: size.conversations }, (_, index) => ({ id: uuidv7(), title: `Conversation ${index}`, place: index }));
  const messages = rows.flatMap(({ id }) => Array.from({ length: size.messages }, (_, place) => ({ id: uuidv7(), part: uuidv7(), conversation: id, place })));
  const moment = "timestamptz '2026-01-01' + place * interval '1 second'";
  await pool.query(
    `INSERT INTO conversations (id, owner_id, title, created_at, updated_at) SELECT id, $2, title, ${moment}, ${moment}
     FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, title text, place int)`,
    [JSON.stringify(rows), userId],
  );
  await pool.query('INSERT INTO participants (conversation_id, user_id, joined_at) SELECT id, $2, now() FROM jsonb_to_recordset($1::jsonb) AS r (id uuid)', [
    JSON.stringify(rows),
    userId,
  ]);
  await pool.query(
    `INSERT INTO messages (id, conversation_id, role, author_id, created_at) SELECT id, conversation, 'USER', $2, ${moment}
     FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, conversation uuid, place int)`,
    [JSON.stringify(messages), userId],
  );
  await pool.query(
    `INSERT INTO parts (id, message_id, position, kind, text) SELECT part, id, 0, 'TEXT', 'What is said in message ' || place || ' of a conversation.'
     FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, part uuid, place int)`,
    [JSON.stringify(messages)],
  );
  await pool.query('ANALYZE');
  await pool.end();
  return connectionString;
}
