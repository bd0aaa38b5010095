import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import { McpServer } from './mcp-server.ts';

const serverText = 'The server, which has an address.';

builder.relayMutationField(
  'beginMcpSignIn',
  {
    description: 'Where to sign in.',
    inputFields: (t) => ({
      id: t.globalID({ for: McpServer, required: true, description: serverText }),
      redirectUri: t.string({
        required: true,
        description:
          'A page of your client to which the browser comes back with `code` and `state`: `https://…`, or `http://127.0.0.1:…` for a program on your machine.',
      }),
      clientId: t.string({ description: 'By what you have made your client known there, where the server does not let clients make themselves known.' }),
    }),
  },
  {
    description:
      'Begins to sign in to a server of tools by OAuth 2.1, in place of the sign-in that there is. Open `authorizationUrl` in a browser, and hand what it comes back with to `finishMcpSignIn` within ten minutes. `MCP_SERVER_UNREACHABLE` for a server that has no such way in.',
    resolve: (_root, { input: { id, ...input } }, { services, viewer }) => services.mcpSignIns.begin(viewer, { ...input, id: id.id }),
  },
  {
    description: 'What to do next.',
    outputFields: (t) => ({
      authorizationUrl: t.exposeString('authorizationUrl', { description: 'Where you say yes, in a browser. The server names it: look at whose page it is.' }),
    }),
  },
);

builder.relayMutationField(
  'finishMcpSignIn',
  {
    description: 'What the browser came back with.',
    inputFields: (t) => ({
      id: t.globalID({ for: McpServer, required: true, description: serverText }),
      code: t.string({ required: true, description: 'The parameter `code` of the address.' }),
      state: t.string({ required: true, description: 'The parameter `state` of the address.' }),
    }),
  },
  {
    description: 'Finishes a sign-in. From now on runs of yours ask the server with a token, which is renewed by itself. Each `state` is good for one attempt.',
    resolve: async (_root, { input: { id, code, state } }, { services, viewer, device }) => ({
      id: await services.mcpSignIns.finish(viewer, { id: id.id, code, state }, device),
    }),
  },
  {
    description: 'What was signed in to.',
    outputFields: (t) => ({
      mcpServer: t.field({
        type: McpServer,
        description: 'The server.',
        resolve: ({ id }, _arguments, { loaders }) => loadExisting(loaders.mcpServer, id, 'McpServer'),
      }),
    }),
  },
);

builder.relayMutationField(
  'endMcpSignIn',
  {
    description: 'Where to sign out.',
    inputFields: (t) => ({ id: t.globalID({ for: McpServer, required: true, description: serverText }) }),
  },
  {
    description: 'Forgets a sign-in. What the server gave may hold there until it ends by itself; take it back there as well.',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.mcpSignIns.end(viewer, input.id.id) }),
  },
  {
    description: 'What was signed out of.',
    outputFields: (t) => ({
      mcpServer: t.field({
        type: McpServer,
        description: 'The server.',
        resolve: ({ id }, _arguments, { loaders }) => loadExisting(loaders.mcpServer, id, 'McpServer'),
      }),
    }),
  },
);
