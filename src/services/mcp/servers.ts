import type { Pool } from 'pg';
import { Prisma, type PrismaClient } from '../../../prisma/generated/client.ts';
import { covers } from '../../auth/scopes.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { McpConfig } from '../../base/mcp-config.ts';
import type { Page } from '../../base/page.ts';
import type { OutsideAddresses } from '../../engines/outside-address.ts';
import { McpUnreachableError } from '../../mcp/unreachable.ts';
import type { McpTool } from '../../mcp/tool-list.ts';
import type { Statements } from '../../stores/statements.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import type { Audit } from '../audit.ts';
import { checkAddress } from '../check-address.ts';
import { keysetSql } from '../keyset.ts';
import { reach, type ReachDependencies } from './reach.ts';
import { parseNewServer, parseServerChanges, type McpServerInput } from './server-input.ts';
import { mcpServerColumns, sealHeaders, type McpServerRow } from './server-row.ts';
import { toolNameOf } from './tool-name.ts';

/** Servers of tools (Model Context Protocol), each of one person. */
export type McpServers = ReturnType<typeof createMcpServers>;

/** A tool as it is listed for the owner of its server. */
export type CheckedTool = Pick<McpTool, 'name' | 'description' | 'isReadOnly'> & {
  /** What engines call it by. */
  readonly calledAs: string;
  readonly needsApproval: boolean;
};

/** What came of connecting. */
export interface McpCheck {
  readonly serverId: string;
  /** Null when it answers. */
  readonly problem: string | null;
  readonly tools: readonly CheckedTool[];
}

/** What the service needs. */
export interface McpServerDependencies extends ReachDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly audit: Audit;
  readonly addresses: OutsideAddresses;
  readonly config: McpConfig;
}

/** Whether a person must approve of each call of a tool. */
export function needsApproval({ approval }: Pick<McpServerRow, 'approval'>, { isReadOnly }: Pick<McpTool, 'isReadOnly'>): boolean {
  return approval === 'ALWAYS' || (approval === 'WRITES' && !isReadOnly);
}

/** An API key whose scopes do not name the servers must not reach them through `node` or a persona either. */
const maySee = (viewer: Viewer): boolean => !('apiKeyId' in viewer) || covers(viewer.scopes, 'Query.mcpServers');

/** Creates the service. */
export function createMcpServers(dependencies: McpServerDependencies) {
  const { prisma, pool, statements, clock, newId, audit, addresses, sealed, config } = dependencies;

  const checkCommand = (command: string): void => {
    const names = config.commands.map(({ name }) => name);
    if (names.includes(command)) return;
    throw badInput(
      ['input', 'command'],
      names.length === 0
        ? 'This installation allows no commands; use a server with an address.'
        : `No command "${command}" is allowed here; there are ${names.join(', ')}.`,
    );
  };

  /** What is given must be what the transport needs, and nothing else. */
  const checkTransport = (transport: McpServerRow['transport'], { url, headers, command }: ReturnType<typeof parseServerChanges>, isNew: boolean): void => {
    const isHttp = transport === 'STREAMABLE_HTTP';
    if (isHttp && command !== undefined) throw badInput(['input', 'command'], 'a server with an address has no command');
    if (!isHttp && url !== undefined) throw badInput(['input', 'url'], 'a server that is a command has no address');
    if (!isHttp && headers != null && headers.length > 0) throw badInput(['input', 'headers'], 'a server that is a command has no headers');
    if (isNew && isHttp && url === undefined) throw badInput(['input', 'url'], 'the address must be given, for example https://mcp.example.org/mcp');
    if (isNew && !isHttp && command === undefined) throw badInput(['input', 'command'], 'the name of a command that the operator allows must be given');
  };

  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, McpServerRow>> => {
    const known = requireViewer(viewer);
    if (!maySee(known)) return new Map();
    const { rows } = await statements.query<McpServerRow>(
      `SELECT ${mcpServerColumns} FROM mcp_servers s WHERE s.id = ANY($1::uuid[]) AND s.owner_id = $2::uuid`,
      [ids, known.userId],
    );
    return new Map(rows.map((row) => [row.id, row]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<McpServerRow> => {
    const { rows } = await statements.query<McpServerRow>(`SELECT ${mcpServerColumns} FROM mcp_servers s WHERE s.id = $1::uuid AND s.owner_id = $2::uuid`, [
      id,
      requireViewer(viewer).userId,
    ]);
    if (rows[0] === undefined) throw notFound('McpServer');
    return rows[0];
  };

  const taken = (error: unknown, name: string | undefined): unknown =>
    isUniqueViolation(error) && name !== undefined ? new AppError('CONFLICT', `You have a server "${name}" already; choose another name.`) : error;

  return {
    byIds,

    /** Whether a viewer's servers are shown to them: to an API key only by a scope of their own. */
    maySee: (viewer: Viewer | null): boolean => maySee(requireViewer(viewer)),

    /** The viewer's servers, newest first. */
    list: async (viewer: Viewer | null, page: Page): Promise<readonly McpServerRow[]> => {
      const { userId } = requireViewer(viewer);
      const keyset = keysetSql(page, 'DESC', 's.created_at', 's.id', 2);
      const { rows } = await pool.query<McpServerRow>(`SELECT ${mcpServerColumns} FROM mcp_servers s WHERE s.owner_id = $1${keyset.where} ${keyset.limit}`, [
        userId,
        ...keyset.values,
      ]);
      return rows;
    },

    /** The servers of each persona of the viewer's, in one statement. */
    ofPersonas: async (viewer: Viewer | null, personaIds: readonly string[]): Promise<ReadonlyMap<string, readonly McpServerRow[]>> => {
      const known = requireViewer(viewer);
      if (!maySee(known)) return new Map();
      const { rows } = await statements.query<McpServerRow & { readonly personaId: string }>(
        `SELECT a.persona_id AS "personaId", ${mcpServerColumns} FROM persona_mcp_servers a JOIN mcp_servers s ON s.id = a.server_id
         WHERE a.persona_id = ANY($1::uuid[]) AND s.owner_id = $2::uuid ORDER BY s.name`,
        [personaIds, known.userId],
      );
      return Map.groupBy(rows, (row) => row.personaId);
    },

    /** Makes a server known. @throws AppError BAD_USER_INPUT; CONFLICT for a name that is taken, and at the limit */
    save: async (
      viewer: Viewer | null,
      input: McpServerInput & { readonly transport: McpServerRow['transport'] },
      device: DeviceFacts,
    ): Promise<McpServerRow> => {
      const { userId } = requireViewer(viewer);
      const { headers, ...values } = parseNewServer(input);
      checkTransport(values.transport, { ...values, ...(headers === undefined ? {} : { headers }) }, true);
      if (values.command !== undefined) checkCommand(values.command);
      if (values.url !== undefined) await checkAddress(addresses, values.url, ['input', 'url']);
      const now = clock.now();
      const id = newId();
      const secrets = await sealHeaders(sealed, { id, ownerId: userId }, headers ?? []);
      await prisma
        .$transaction(async (transaction) => {
          // Two at once would both find the last place free.
          await transaction.$queryRaw(Prisma.sql`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
          if ((await transaction.mcpServer.count({ where: { ownerId: userId } })) >= config.maxServersPerUser) {
            throw new AppError('CONFLICT', `You have ${config.maxServersPerUser} servers, as many as are allowed; remove one with "deleteMcpServer".`);
          }
          await transaction.mcpServer.create({ data: { ...values, ...secrets, id, ownerId: userId, createdAt: now, updatedAt: now }, select: { id: true } });
          const data = { mcpServerId: id, transport: values.transport };
          await audit.record(transaction, { kind: 'MCP_SERVER_SAVED', actorId: userId, device, data });
        })
        .catch((error: unknown) => {
          throw taken(error, values.name);
        });
      return get(viewer, id);
    },

    /**
     * Changes a server: what is absent stays. Its headers and its sign-in stay for the address alone that they were given for.
     *
     * @throws AppError NOT_FOUND, BAD_USER_INPUT, CONFLICT
     */
    update: async (viewer: Viewer | null, { id, ...input }: McpServerInput & { readonly id: string }, device: DeviceFacts): Promise<McpServerRow> => {
      const { userId } = requireViewer(viewer);
      const { headers, ...values } = parseServerChanges(input);
      const { transport } = await get(viewer, id);
      checkTransport(transport, { ...values, ...(headers === undefined ? {} : { headers }) }, false);
      if (values.command !== undefined) checkCommand(values.command);
      if (values.url !== undefined) await checkAddress(addresses, values.url, ['input', 'url']);
      const secrets = headers === undefined ? {} : await sealHeaders(sealed, { id, ownerId: userId }, headers ?? []);
      await prisma
        .$transaction(async (transaction) => {
          await transaction.$queryRaw(Prisma.sql`SELECT id FROM mcp_servers WHERE id = ${id}::uuid AND owner_id = ${userId}::uuid FOR UPDATE`);
          const known = await transaction.mcpServer.findFirst({ where: { id, ownerId: userId }, select: { url: true, headerNames: true } });
          if (known === null) throw notFound('McpServer');
          const isElsewhere = values.url !== undefined && values.url !== known.url;
          if (isElsewhere && headers === undefined && known.headerNames.length > 0) {
            throw badInput(['input', 'headers'], 'the headers must be given anew, or null for none: they only stay where the address stays');
          }
          const signIn = isElsewhere ? { sealedSignIn: null, signedInAt: null } : {};
          await transaction.mcpServer.update({ where: { id }, data: { ...values, ...secrets, ...signIn, updatedAt: clock.now() }, select: { id: true } });
          await audit.record(transaction, { kind: 'MCP_SERVER_SAVED', actorId: userId, device, data: { mcpServerId: id, transport } });
        })
        .catch((error: unknown) => {
          throw taken(error, values.name);
        });
      return get(viewer, id);
    },

    /** Removes a server; its personas lose its tools. @throws AppError NOT_FOUND */
    delete: async (viewer: Viewer | null, id: string, device: DeviceFacts): Promise<string> => {
      const { userId } = requireViewer(viewer);
      await prisma.$transaction(async (transaction) => {
        const { count } = await transaction.mcpServer.deleteMany({ where: { id, ownerId: userId } });
        if (count === 0) throw notFound('McpServer');
        await audit.record(transaction, { kind: 'MCP_SERVER_DELETED', actorId: userId, device, data: { mcpServerId: id } });
      });
      return id;
    },

    /** Connects to a server and lists its tools. That it does not answer is no error. @throws AppError NOT_FOUND */
    check: async (viewer: Viewer | null, id: string): Promise<McpCheck> => {
      const { userId } = requireViewer(viewer);
      const server = await prisma.mcpServer.findFirst({ where: { id, ownerId: userId } });
      if (server === null) throw notFound('McpServer');
      const ending = new AbortController();
      try {
        const { tools } = await reach(dependencies, server, ending.signal);
        const shown = tools.map(({ name, description, isReadOnly }) => ({ name, description, isReadOnly, calledAs: toolNameOf(server.name, name) }));
        return { serverId: id, problem: null, tools: shown.map((tool) => ({ ...tool, needsApproval: needsApproval(server, tool) })) };
      } catch (error) {
        if (!(error instanceof McpUnreachableError)) throw error;
        return { serverId: id, problem: error.message, tools: [] };
      } finally {
        ending.abort();
      }
    },
  };
}
