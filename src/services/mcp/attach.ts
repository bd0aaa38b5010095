import type { Prisma } from '../../../prisma/generated/client.ts';
import { badInput, notFound } from '../../base/errors.ts';

/**
 * Gives a persona its servers, in place of those that it had.
 *
 * @param wanted.serverIds those of its owner alone
 * @param most how many one persona may have
 * @throws AppError NOT_FOUND; BAD_USER_INPUT for too many
 */
export async function attachServers(
  transaction: Prisma.TransactionClient,
  wanted: { readonly personaId: string; readonly ownerId: string; readonly serverIds: readonly string[] },
  most: number,
): Promise<void> {
  const { personaId, ownerId } = wanted;
  const serverIds = [...new Set(wanted.serverIds)];
  if (serverIds.length > most) throw badInput(['input', 'mcpServerIds'], `a persona has at most ${most} servers`);
  if (serverIds.length > 0) {
    // Locked, so that none is deleted before it is attached.
    const found = await transaction.$queryRaw<
      unknown[]
    >`SELECT id FROM mcp_servers WHERE id = ANY(${serverIds}::uuid[]) AND owner_id = ${ownerId}::uuid FOR KEY SHARE`;
    if (found.length < serverIds.length) throw notFound('McpServer');
  }
  await transaction.personaMcpServer.deleteMany({ where: { personaId } });
  await transaction.personaMcpServer.createMany({ data: serverIds.map((serverId) => ({ personaId, serverId })) });
}
