import { randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { McpServer, Prisma } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { later } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { beginSignIn, finishSignIn, type SignIn, type SignInStep } from '../../mcp/sign-in.ts';
import { McpUnreachableError } from '../../mcp/unreachable.ts';
import type { Audit } from '../audit.ts';
import { lineText } from '../planner/input.ts';
import { readSignIn, sealSignIn } from './server-row.ts';
import { requestsOfStep, type SignInDependencies } from './sign-in-tokens.ts';

const pendingMs = 10 * 60_000;

const isLoopback = (url: URL): boolean => url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);

const redirectUri = z
  .string()
  .max(500, 'has at most 500 characters')
  .refine((text) => URL.canParse(text) && (new URL(text).protocol === 'https:' || isLoopback(new URL(text))), {
    message: 'must be an address of your client, which begins with https://, or with http:// on this machine: http://127.0.0.1:3000/callback',
  })
  .refine((text) => !text.includes('#'), 'must have no "#"');

const beginInput = z.object({ redirectUri, clientId: lineText(500).nullish() });
const finishInput = z.object({ code: z.string().min(1, 'must not be empty').max(4_096, 'has at most 4,096 characters'), state: z.string().max(200) });

const isSame = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Signs people in to servers of tools, and out. */
export type McpSignIns = ReturnType<typeof createSignIns>;

/** Creates the service. */
export function createSignIns({ audit, ...deps }: SignInDependencies & { readonly audit: Pick<Audit, 'record'> }) {
  const { prisma, clock, sealed, fetch, config } = deps;

  const find = async (viewer: Viewer | null, id: string) => {
    const { userId } = requireViewer(viewer);
    const server = await prisma.mcpServer.findFirst({ where: { id, ownerId: userId } });
    if (server === null) throw notFound('McpServer');
    if (server.url === null) throw new AppError('CONFLICT', 'This server is a command, which nobody signs in to.');
    return { userId, server, url: server.url };
  };

  const stepTo = (url: string): SignInStep => ({
    url,
    fetch,
    now: clock.now(),
    signal: AbortSignal.timeout(config.connectTimeoutMs * requestsOfStep),
  });

  /** What a server does is told to whoever has it, as what was asked for cannot be done now. */
  const told = async <Value>(step: Promise<Value>): Promise<Value> => {
    try {
      return await step;
    } catch (error) {
      if (error instanceof McpUnreachableError) throw new AppError('MCP_SERVER_UNREACHABLE', error.message);
      if (error instanceof Error && error.name === 'TimeoutError') throw new AppError('MCP_SERVER_UNREACHABLE', 'It did not answer in time.');
      throw error;
    }
  };

  /** Writes a sign-in, unless the server has another address by now. */
  const write = async (
    server: McpServer,
    signIn: SignIn | null,
    more: Prisma.McpServerUpdateManyMutationInput,
    record?: (transaction: Prisma.TransactionClient) => Promise<void>,
  ): Promise<void> => {
    const sealedSignIn = signIn === null ? null : await sealSignIn(sealed, server, signIn);
    await prisma.$transaction(async (transaction) => {
      const { count } = await transaction.mcpServer.updateMany({ where: { id: server.id, url: server.url }, data: { ...more, sealedSignIn } });
      if (count === 0) throw notFound('McpServer');
      await record?.(transaction);
    });
  };

  return {
    /**
     * Begins a sign-in, in place of one that there is.
     *
     * @returns where the person says yes, in their browser
     * @throws AppError NOT_FOUND; CONFLICT for a command; BAD_USER_INPUT; MCP_SERVER_UNREACHABLE
     */
    begin: async (
      viewer: Viewer | null,
      { id, ...input }: { readonly id: string; readonly redirectUri: string; readonly clientId?: string | null | undefined },
    ) => {
      const values = parseInput(beginInput, input);
      const { server, url } = await find(viewer, id);
      const known = await readSignIn(sealed, server);
      const wanted = { redirectUri: values.redirectUri, clientId: values.clientId ?? null, state: randomBytes(32).toString('base64url') };
      const { authorizationUrl, signIn } = await told(beginSignIn(known, wanted, stepTo(url)));
      await write(server, signIn, { signedInAt: null });
      return { authorizationUrl };
    },

    /**
     * Finishes a sign-in with what the person came back with. It is good for one attempt.
     *
     * @returns the id of the server
     * @throws AppError NOT_FOUND; BAD_USER_INPUT for a state that was not given out, or too long ago; MCP_SERVER_UNREACHABLE
     */
    finish: async (
      viewer: Viewer | null,
      { id, ...input }: { readonly id: string; readonly code: string; readonly state: string },
      device: DeviceFacts,
    ): Promise<string> => {
      const { code, state } = parseInput(finishInput, input);
      const { server, url, userId } = await find(viewer, id);
      const signIn = await readSignIn(sealed, server);
      const isKnown = signIn?.pending != null && isSame(signIn.pending.state, state) && later(new Date(signIn.pending.begunAt), pendingMs) > clock.now();
      if (signIn === null || !isKnown) {
        throw badInput(
          ['input', 'state'],
          'this sign-in was not begun here, is finished, or took longer than ten minutes; begin it again with "beginMcpSignIn"',
        );
      }
      await write(server, { ...signIn, pending: null }, {});
      const finished = await told(finishSignIn(signIn, code, stepTo(url)));
      await write(server, finished, { signedInAt: clock.now() }, (transaction) =>
        audit.record(transaction, { kind: 'MCP_SERVER_SIGNED_IN', actorId: userId, device, data: { mcpServerId: id } }),
      );
      return id;
    },

    /** Forgets a sign-in. What the server gave may hold there until it ends by itself. @throws AppError NOT_FOUND; CONFLICT for a command */
    end: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { server } = await find(viewer, id);
      await write(server, null, { signedInAt: null });
      return id;
    },
  };
}
