import { z } from 'zod';
import type { McpServer } from '../../../prisma/generated/client.ts';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { McpConfig } from '../../base/mcp-config.ts';
import { McpUnreachableError, type McpConnection, type McpConnections, type McpPlace } from '../../mcp/connections.ts';
import { openHeaders } from './server-row.ts';

const headersShape = z.record(z.string(), z.string());

/** What is needed to reach the servers of people. */
export interface ReachDependencies {
  readonly sealed: SealedTexts;
  readonly connections: McpConnections;
  readonly config: Pick<McpConfig, 'commands'>;
}

async function placeOf({ sealed, config }: ReachDependencies, server: McpServer): Promise<McpPlace> {
  if (server.transport === 'STDIO') {
    // Looked up each time: an operator may have taken it back.
    const command = config.commands.find(({ name }) => name === server.command);
    if (command === undefined) throw new McpUnreachableError(`The operator of this installation does not allow the command "${server.command}" any more.`);
    return { transport: 'STDIO', command };
  }
  if (server.sealedHeaders === null && server.headerNames.length > 0) {
    const names = server.headerNames.join(', ');
    throw new McpUnreachableError(`Its headers were not in the archive that it was imported from; give ${names} again with "updateMcpServer".`);
  }
  const headers = await openHeaders(sealed, server);
  if (headers === null || server.url === null) {
    throw new McpUnreachableError('Its headers cannot be read any more, because the secret of this installation has changed; set them again.');
  }
  return { transport: 'STREAMABLE_HTTP', url: server.url, headers: headersShape.parse(JSON.parse(headers.text)) };
}

/**
 * Connects to a server of a person and lists its tools.
 *
 * @param signal ends the connection
 * @throws McpUnreachableError; the reason of the signal
 */
export async function reach(dependencies: ReachDependencies, server: McpServer, signal: AbortSignal): Promise<McpConnection> {
  return dependencies.connections.open(await placeOf(dependencies, server), signal);
}
