// Apollo Server with its own HTTP server.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { greet, resolvers, typeDefs, viewerOf } from './data.js';

const server = new ApolloServer({ typeDefs, resolvers });
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({ viewer: viewerOf(req.headers.authorization) }),
});
greet(new URL(url).port);
