// Yoga as its documentation shows it.
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { greet, resolvers, typeDefs, viewerOf } from './data.js';

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  logging: false,
  context: ({ request }) => ({ viewer: viewerOf(request.headers.get('authorization')) }),
});
const server = createServer((request, response) => void yoga(request, response));
server.listen(0, '127.0.0.1', () => greet(server.address().port));
