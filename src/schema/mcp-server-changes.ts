import { builder } from './builder.ts';
import { McpApproval, McpServer, McpTool, McpTransport } from './mcp-server.ts';
import { loadExisting } from './batch.ts';

const McpHeaderInput = builder.inputType('McpHeaderInput', {
  description: 'A header that a server is sent with every request.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name, for example `Authorization`.' }),
    value: t.string({ required: true, description: 'Its value, for example `Bearer ...`. It is kept encrypted, and never shown again.' }),
  }),
});

const nameText = 'What it is called: 1 to 24 lower-case letters, digits or `-`; unique among your servers. Its tools are called `mcp_<name>_<tool>`.';
const urlText =
  'Its address, for example `https://mcp.example.org/mcp`, without `?` and `#`. It must begin with `https://` and lead to the internet, unless an operator allows the host.';

builder.relayMutationField(
  'saveMcpServer',
  {
    description: 'The new server.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: nameText }),
      transport: t.field({ type: McpTransport, required: true, description: 'How it is spoken with.' }),
      url: t.string({ description: `Of STREAMABLE_HTTP. ${urlText}` }),
      headers: t.field({ type: [McpHeaderInput], description: 'Of STREAMABLE_HTTP: what it is sent with every request, at most 20. They follow no redirect.' }),
      command: t.string({ description: 'Of STDIO: the name of a command that the operator of this installation allows.' }),
      approval: t.field({ type: McpApproval, description: 'Which of its tools you must approve of, call by call; ALWAYS when absent.' }),
    }),
  },
  {
    description: 'Connects a server of tools. Nothing is sent to it yet: see `checkMcpServer`. `CONFLICT` when you have as many as are allowed.',
    resolve: async (_root, { input }, { services, viewer, device }) => ({ mcpServer: await services.mcpServers.save(viewer, input, device) }),
  },
  {
    description: 'What was saved.',
    outputFields: (t) => ({ mcpServer: t.expose('mcpServer', { type: McpServer, description: 'The new server.' }) }),
  },
);

builder.relayMutationField(
  'updateMcpServer',
  {
    description: 'What to change; what is absent stays as it is. How it is spoken with cannot change.',
    inputFields: (t) => ({
      id: t.globalID({ for: McpServer, required: true, description: 'The server.' }),
      name: t.string({ description: nameText }),
      url: t.string({ description: urlText }),
      headers: t.field({
        type: [McpHeaderInput],
        description:
          'All headers, in place of those before; null for none. They must be given anew with another address: a secret is sent to no other than it was given for.',
      }),
      command: t.string({ description: 'The name of a command that the operator of this installation allows.' }),
      approval: t.field({ type: McpApproval, description: 'Which of its tools you must approve of, call by call.' }),
    }),
  },
  {
    description: 'Changes a server of tools. Answers that are being written are as they began.',
    resolve: async (_root, { input: { id, ...input } }, { services, viewer, device }) => ({
      mcpServer: await services.mcpServers.update(viewer, { ...input, id: id.id }, device),
    }),
  },
  {
    description: 'The changed server.',
    outputFields: (t) => ({ mcpServer: t.expose('mcpServer', { type: McpServer, description: 'The changed server.' }) }),
  },
);

builder.relayMutationField(
  'deleteMcpServer',
  {
    description: 'What to delete.',
    inputFields: (t) => ({ id: t.globalID({ for: McpServer, required: true, description: 'The server.' }) }),
  },
  {
    description: 'Deletes a server of tools with its headers. Your personas lose its tools.',
    resolve: async (_root, { input }, { services, viewer, device }) => ({ id: await services.mcpServers.delete(viewer, input.id.id, device) }),
  },
  {
    description: 'What was deleted.',
    outputFields: (t) => ({
      deletedMcpServerId: t.globalID({ description: 'The id that was deleted.', resolve: ({ id }) => ({ id, type: McpServer }) }),
    }),
  },
);

builder.relayMutationField(
  'checkMcpServer',
  {
    description: 'Which server to ask.',
    inputFields: (t) => ({ id: t.globalID({ for: McpServer, required: true, description: 'The server.' }) }),
  },
  {
    description: 'Connects to a server of tools and lists what it offers, as a run would. That it does not answer is told in `problem`.',
    resolve: async (_root, { input }, { services, viewer }) => services.mcpServers.check(viewer, input.id.id),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      mcpServer: t.field({
        type: McpServer,
        description: 'The server.',
        resolve: ({ serverId }, _arguments, { loaders }) => loadExisting(loaders.mcpServer, serverId, 'McpServer'),
      }),
      problem: t.exposeString('problem', { nullable: true, description: 'Why it cannot be used now; null when it answers.' }),
      tools: t.field({ type: [McpTool], description: 'What it offers; empty when it does not answer.', resolve: ({ tools }) => [...tools] }),
    }),
  },
);
