// Mercurius with its compiler.
import fastify from 'fastify';
import mercurius from 'mercurius';
import { greet, resolvers, typeDefs, viewerOf } from './data.js';

const app = fastify();
app.register(mercurius, { schema: typeDefs, resolvers, jit: 1, path: '/graphql', context: (request) => ({ viewer: viewerOf(request.headers.authorization) }) });
await app.listen({ port: 0, host: '127.0.0.1' });
greet(app.server.address().port);
