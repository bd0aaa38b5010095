// Yoga as its documentation shows it, with dataloaders over `pg` on the PostgreSQL of the product: what one would write first.
import { createServer } from 'node:http';
import DataLoader from 'dataloader';
import { createSchema, createYoga } from 'graphql-yoga';
import pg from 'pg';
import { greet } from './data.js';

const pool = new pg.Pool({ connectionString: process.env.DATABASE, max: 10 });
pool.on('error', () => {});
const people = new Map([['token-of-ada', process.env.USER_ID]]);

const typeDefs = `
  scalar DateTime
  type User { id: ID! displayName: String! }
  type Message { id: ID! role: String! text: String! createdAt: DateTime! }
  type MessageEdge { node: Message! }
  type MessageConnection { edges: [MessageEdge!]! }
  type Conversation { id: ID! title: String! messages(first: Int!): MessageConnection! }
  type ConversationEdge { node: Conversation! }
  type ConversationConnection { edges: [ConversationEdge!]! }
  type Query { viewer: User conversations(first: Int!): ConversationConnection! }
`;

const user = 'SELECT id, full_name AS "displayName" FROM users WHERE id = $1';
const conversations = `
  SELECT c.id, c.title FROM participants a JOIN conversations c ON c.id = a.conversation_id
  WHERE a.user_id = $1 ORDER BY c.updated_at DESC, c.id DESC LIMIT $2`;
const messages = `
  SELECT found.* FROM unnest($1::uuid[]) AS c (id) CROSS JOIN LATERAL (
    SELECT m.id, m.conversation_id AS conversation, m.role, m.created_at AS "createdAt"
    FROM messages m WHERE m.conversation_id = c.id ORDER BY m.created_at, m.id LIMIT $2
  ) AS found`;
const texts = `SELECT message_id AS message, text FROM parts WHERE message_id = ANY($1::uuid[]) AND kind = 'TEXT' ORDER BY position`;

async function rowsOf(name, text, values) {
  return (await pool.query({ name, text, values })).rows;
}

async function loadMessages(keys) {
  const rows = await rowsOf('messages', messages, [keys.map((key) => key.conversation), Math.max(...keys.map((key) => key.first))]);
  const found = Map.groupBy(rows, (row) => row.conversation);
  return keys.map(({ conversation, first }) => (found.get(conversation) ?? []).slice(0, first));
}

async function loadTexts(ids) {
  const found = Map.groupBy(await rowsOf('texts', texts, [ids]), (row) => row.message);
  return ids.map((id) => (found.get(id) ?? []).map((row) => row.text).join('\n\n'));
}

const connectionOf = (nodes) => ({ edges: nodes.map((node) => ({ node })) });

const resolvers = {
  Query: {
    viewer: async (_root, _args, { userId }) => (await rowsOf('user', user, [userId]))[0],
    conversations: async (_root, { first }, { userId }) => connectionOf(await rowsOf('conversations', conversations, [userId, first])),
  },
  Conversation: { messages: async ({ id }, { first }, { messagesOf }) => connectionOf(await messagesOf.load({ conversation: id, first })) },
  Message: { text: ({ id }, _args, { textOf }) => textOf.load(id) },
};

function contextOf({ request }) {
  const userId = people.get((request.headers.get('authorization') ?? '').replace('Bearer ', ''));
  if (userId === undefined) throw new Error('Sign in first.');
  return {
    userId,
    messagesOf: new DataLoader(loadMessages, { cacheKeyFn: ({ conversation, first }) => `${conversation} ${first}` }),
    textOf: new DataLoader(loadTexts),
  };
}

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false, context: contextOf });
const server = createServer((request, response) => void yoga(request, response));
server.listen(0, '127.0.0.1', () => greet(server.address().port));
