import type { McpServerRow } from '../services/mcp/server-row.ts';
import type { CheckedTool } from '../services/mcp/servers.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';

/** A server of tools of a person. */
export const McpServer = builder.objectRef<McpServerRow>('McpServer');

const McpServerEdge = builder.edgeObject({ type: McpServer, name: 'McpServerEdge', description: 'A server in a page.' });

const McpServerConnection = builder.connectionObject(
  { type: McpServer, name: 'McpServerConnection', description: 'A page of servers of tools.' },
  McpServerEdge,
);

/** How a server is spoken with. */
export const McpTransport = builder.enumType('McpTransport', {
  description: 'How a server of tools is spoken with.',
  values: {
    STREAMABLE_HTTP: { description: 'At an address, over HTTP.' },
    STDIO: { description: 'A command that the operator of this installation allows, over its standard input and output.' },
  } as const,
});

/** Which of its tools a person must approve of. */
export const McpApproval = builder.enumType('McpApproval', {
  description: 'Which tools of a server a person must approve of, call by call.',
  values: {
    ALWAYS: { description: 'All.' },
    WRITES: { description: 'All but those of which the server itself says that they only read (`readOnlyHint`). For a server that you trust to say so.' },
    NEVER: { description: 'None. For a server that you trust with whatever a model thinks of.' },
  } as const,
});

builder.node(McpServer, {
  description:
    'A server of tools (Model Context Protocol) that you have connected: your personas call its tools, see `Persona.mcpServers`. The values of its headers are never shown again.',
  id: { resolve: (server) => server.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.mcpServer.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'A part of the names of its tools: `mcp_<name>_<tool>`.' }),
    transport: t.field({ type: McpTransport, description: 'How it is spoken with.', resolve: (server) => server.transport }),
    url: t.exposeString('url', { nullable: true, description: 'Its address; null of a command.' }),
    headerNames: t.exposeStringList('headerNames', {
      description: 'The names of the headers that it is sent. Of a server that was imported they are to be given again before it is used.',
    }),
    command: t.exposeString('command', { nullable: true, description: 'The name of its command; null of a server with an address.' }),
    approval: t.field({ type: McpApproval, description: 'Which of its tools you must approve of, call by call.', resolve: (server) => server.approval }),
    signedInAt: t.expose('signedInAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when you are signed in to it by `beginMcpSignIn`; null when you are not. What it gave is never shown.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was connected.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

/** A tool of a server, as it is listed. */
export const McpTool = builder.objectRef<CheckedTool>('McpTool').implement({
  description: 'A tool that a server offers now. What it says of itself is the word of the server.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What the server calls it.' }),
    calledAs: t.exposeString('calledAs', { description: 'What models and `Persona.approvals` call it.' }),
    description: t.exposeString('description', { description: 'What the server says that it does, at most 2,000 characters.' }),
    isReadOnly: t.exposeBoolean('isReadOnly', { description: 'Whether the server says that it changes nothing.' }),
    needsApproval: t.exposeBoolean('needsApproval', { description: 'Whether you must approve of each call.' }),
  }),
});

builder.queryField('mcpServers', (t) =>
  t.connection(
    {
      type: McpServer,
      description: 'Your servers of tools, newest first. An API key reads them only when its scopes name `Query.mcpServers`.',
      resolve: (_root, args, { services, viewer }) =>
        paginate(
          args,
          (page) => services.mcpServers.list(viewer, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    McpServerConnection,
  ),
);
