import type { Prisma } from '../../../../prisma/generated/client.ts';
import { noDevice } from '../../../base/device.ts';
import type { ServerDocument } from '../../export-archive/assistant-formats.ts';
import { longestServerName, parseHeaderNames, parseNewServer } from '../../mcp/server-input.ts';
import { createCleaner } from '../clean.ts';
import type { ImportJob } from '../import-job.ts';
import { addOwn, freeName } from '../own-thing.ts';
import type { Tell } from '../sources/source-conversation.ts';

/** What is wrong with where a server is, by the rules of this installation; null for nothing. Nothing is looked up, and nobody is asked. */
function problemOf({ mcp }: ImportJob, { transport, url, command }: ServerDocument): string | null {
  if (transport === 'STDIO') return command !== null && mcp.commands.includes(command) ? null : `No command "${command}" is allowed here.`;
  if (url === null || !URL.canParse(url)) return 'It has no address.';
  return mcp.problemOf(new URL(url));
}

/**
 * Adds a server of tools, unless it is here already. One that needs headers waits until they are given again: it is not connected to without them.
 */
export async function writeServer(job: ImportJob, document: ServerDocument, tell: Tell): Promise<void> {
  const { userId, clock, limits, mcp } = job;
  const now = clock.now();
  const cleaner = createCleaner(now, tell);
  const thing = { kind: 'mcpServer', sourceId: document.id, what: 'servers of tools', counts: 'mcpServers', most: limits.maxServersPerUser } as const;
  const count = (transaction: Prisma.TransactionClient): Promise<number> => transaction.mcpServer.count({ where: { ownerId: userId } });
  await addOwn(job, { ...thing, count }, tell, async (transaction, id) => {
    const problem = problemOf(job, document);
    if (problem !== null) {
      tell(`It was left out: ${problem}`);
      return false;
    }
    const { transport, approval } = document;
    const place = transport === 'STDIO' ? { command: document.command } : { url: document.url };
    const wanted = parseNewServer({ name: document.name, transport, approval, ...place });
    const headerNames = transport === 'STDIO' ? [] : parseHeaderNames(document.headerNames);
    const others = await transaction.mcpServer.findMany({ where: { ownerId: userId }, select: { name: true } });
    const name = freeName(wanted.name, new Set(others.map((other) => other.name)), longestServerName);
    if (name !== wanted.name) tell(`You have a server "${wanted.name}" already; this one is "${name}" here.`);
    if (headerNames.length > 0) tell(`Headers are in no archive: give ${headerNames.join(', ')} again with "updateMcpServer" before it is used.`);
    const createdAt = cleaner.past(document.createdAt, now);
    const updatedAt = cleaner.past(document.updatedAt, createdAt);
    await transaction.mcpServer.create({ data: { ...wanted, id, ownerId: userId, name, headerNames, createdAt, updatedAt }, select: { id: true } });
    await mcp.audit.record(transaction, { kind: 'MCP_SERVER_SAVED', actorId: userId, device: noDevice, data: { mcpServerId: id, transport } });
    return true;
  });
}
