import { z } from 'zod';
import type { McpServer } from '../../../prisma/generated/client.ts';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { McpConfig } from '../../base/mcp-config.ts';
import type { McpConnection, McpConnections, McpPlace } from '../../mcp/connections.ts';
import { McpUnreachableError } from '../../mcp/unreachable.ts';
import { openHeaders } from './server-row.ts';
import type { SignInTokens } from './sign-in-tokens.ts';

const headersShape = z.record(z.string(), z.string());

/** What is needed to reach the servers of people. */
export interface ReachDependencies {
  readonly sealed: SealedTexts;
  readonly connections: McpConnections;
  readonly config: Pick<McpConfig, 'commands'>;
  readonly signInTokens: SignInTokens;
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

/** A token takes the place of a header that says who asks. */
function withToken(place: McpPlace, token: string): McpPlace {
  if (place.transport === 'STDIO') return place;
  const others = Object.entries(place.headers).filter(([name]) => name.toLowerCase() !== 'authorization');
  return { ...place, headers: { ...Object.fromEntries(others), Authorization: `Bearer ${token}` } };
}

/**
 * Connects to a server of a person, signed in where the person is, and lists its tools.
 *
 * @param signal ends the connection
 * @throws McpUnreachableError; the reason of the signal
 */
export async function reach(dependencies: ReachDependencies, server: McpServer, signal: AbortSignal): Promise<McpConnection> {
  const { connections, signInTokens } = dependencies;
  const place = await placeOf(dependencies, server);
  const token = await signInTokens.of(server, signal);
  if (token === null) return connections.open(place, signal);
  try {
    return await connections.open(withToken(place, token), signal);
  } catch (error) {
    // A server may end a token before its time.
    if (!(error instanceof McpUnreachableError && error.isUnauthorized)) throw error;
    return connections.open(withToken(place, await signInTokens.after(server, token, signal)), signal);
  }
}
