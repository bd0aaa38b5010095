import type { ServerDocument } from '../../export-archive/assistant-formats.ts';
import { toolPrefixOf } from '../../mcp/tool-name.ts';
import { findHere } from '../ids-here.ts';
import type { ImportJob } from '../import-job.ts';

/** The servers of an archive as they are here. */
export interface ServersHere {
  /** Null for one that is not here. */
  readonly idOf: (sourceId: string) => string | null;
  /** Names of tools as they are called here, where a server has another name. */
  readonly renamed: (tools: readonly string[]) => readonly string[];
}

/** Finds the servers of an archive that are here. */
export async function findServers({ prisma, userId, ids }: ImportJob, documents: readonly ServerDocument[]): Promise<ServersHere> {
  const here = await findHere(prisma, userId, 'mcpServer', new Map(documents.map(({ id }) => [id, ids.of('mcpServer', id)])));
  const rows = await prisma.mcpServer.findMany({ where: { ownerId: userId, id: { in: [...here.values()] } }, select: { id: true, name: true } });
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  const prefixes = documents.flatMap(({ id, name }) => {
    const other = names.get(here.get(id) ?? '');
    return other === undefined || other === name ? [] : [[toolPrefixOf(name), toolPrefixOf(other)] as const];
  });
  const nameOf = (tool: string): string => {
    const [before, after] = prefixes.find(([prefix]) => tool.startsWith(prefix)) ?? ['', ''];
    return after + tool.slice(before.length);
  };
  return { idOf: (sourceId) => here.get(sourceId) ?? null, renamed: (tools) => tools.map(nameOf) };
}
