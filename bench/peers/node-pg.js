// The limit for the nested query: node:http and two queries written by hand, prepared, on the PostgreSQL of the product.
import { createServer } from 'node:http';
import pg from 'pg';
import { greet } from './data.js';

const pool = new pg.Pool({ connectionString: process.env.DATABASE, max: 10 });
pool.on('error', () => {});
const people = new Map([['token-of-ada', process.env.USER_ID]]);

const conversations = `
  SELECT u.id AS "viewerId", u.full_name AS "displayName", c.id, c.title FROM users u
  JOIN participants a ON a.user_id = u.id JOIN conversations c ON c.id = a.conversation_id
  WHERE u.id = $1 ORDER BY c.updated_at DESC, c.id DESC LIMIT 20`;
const messages = `
  SELECT found.* FROM unnest($1::uuid[]) WITH ORDINALITY AS c (id, place) CROSS JOIN LATERAL (
    SELECT m.id, m.conversation_id AS conversation, m.role, m.created_at AS "createdAt",
      (SELECT string_agg(p.text, E'\\n\\n' ORDER BY p.position) FROM parts p WHERE p.message_id = m.id AND p.kind = 'TEXT') AS text
    FROM messages m WHERE m.conversation_id = c.id ORDER BY m.created_at, m.id LIMIT 20
  ) AS found ORDER BY c.place`;

async function answerTo(userId) {
  const found = await pool.query({ name: 'conversations', text: conversations, values: [userId] });
  const { rows } = await pool.query({ name: 'messages', text: messages, values: [found.rows.map((row) => row.id)] });
  const messagesOf = Map.groupBy(rows, (row) => row.conversation);
  const [{ viewerId, displayName }] = found.rows;
  const nodeOf = ({ id, role, text, createdAt }) => ({ node: { id, role, text, createdAt } });
  return {
    viewer: { id: viewerId, displayName },
    conversations: {
      edges: found.rows.map(({ id, title }) => ({ node: { id, title, messages: { edges: (messagesOf.get(id) ?? []).map(nodeOf) } } })),
    },
  };
}

async function answer(request, response, body) {
  JSON.parse(body);
  const userId = people.get((request.headers.authorization ?? '').replace('Bearer ', ''));
  const text = JSON.stringify({ data: await answerTo(userId) });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => void answer(request, response, Buffer.concat(chunks).toString()));
});
server.listen(0, '127.0.0.1', () => greet(server.address().port));
