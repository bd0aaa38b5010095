// A server of tools over its standard input and output, as an operator would allow one. Started as a process by tests.
import { writeFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

const [, , place = ''] = process.argv;
writeFileSync(place, String(process.pid));
const server = new McpServer({ name: 'command', version: '1.0.0' });
server.registerTool('environment', { annotations: { readOnlyHint: true } }, () => ({ content: [{ type: 'text', text: JSON.stringify(process.env) }] }));
await server.connect(new StdioServerTransport());
