import type { McpServer, PrismaClient } from '../../../prisma/generated/client.ts';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import { later, type Clock } from '../../base/clock.ts';
import type { McpConfig } from '../../base/mcp-config.ts';
import { renewSignIn, type SignIn } from '../../mcp/sign-in.ts';
import { McpUnreachableError } from '../../mcp/unreachable.ts';
import { readSignIn, sealSignIn } from './server-row.ts';

/** What runs need of sign-ins. */
export interface SignInTokens {
  /**
   * The access token for a server, renewed where it ends soon.
   *
   * @returns null for a server that is not signed in to
   * @throws McpUnreachableError when it must be signed in to again, or cannot be now; the reason of the signal
   */
  of(server: McpServer, signal: AbortSignal): Promise<string | null>;
  /** Another token than one that was refused. Throws as `of`. */
  after(server: McpServer, refused: string, signal: AbortSignal): Promise<string>;
}

/** What they stand on. */
export interface SignInDependencies {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly sealed: SealedTexts;
  /** For people's addresses: checked at every connection, and without redirects. */
  readonly fetch: typeof globalThis.fetch;
  readonly config: Pick<McpConfig, 'connectTimeoutMs'>;
}

/** A step of a sign-in asks several addresses, one after the other: how many times as long as one connection it may take. */
export const requestsOfStep = 4;
const soonMs = 60_000;

const ended = (): McpUnreachableError => new McpUnreachableError('The sign-in to it has ended; sign in again with "beginMcpSignIn".', true);

/** Gives runs the tokens of servers that people have signed in to. */
export function createSignInTokens(deps: SignInDependencies): SignInTokens {
  const { prisma, clock, sealed, fetch, config } = deps;

  const endsSoon = ({ tokenEndsAt }: SignIn): boolean => tokenEndsAt !== null && new Date(tokenEndsAt) <= later(clock.now(), soonMs);

  /** One after the other, also on several nodes: a server may take a refresh token once, and end everything when it comes again. */
  const renew = async ({ id, url }: McpServer, isGood: (signIn: SignIn) => boolean, signal: AbortSignal): Promise<string> => {
    const timeout = config.connectTimeoutMs * requestsOfStep;
    const token = await prisma.$transaction(
      async (transaction) => {
        await transaction.$queryRaw`SELECT id FROM mcp_servers WHERE id = ${id}::uuid FOR UPDATE`;
        const row = await transaction.mcpServer.findUnique({ where: { id } });
        const signIn = row === null ? null : await readSignIn(sealed, row);
        if (row === null || signIn?.tokens == null || url === null || row.url !== url) return null;
        if (isGood(signIn)) return signIn.tokens.access_token;
        const renewed = await renewSignIn(signIn, { url, fetch, now: clock.now(), signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) });
        const data = renewed === null ? { sealedSignIn: null, signedInAt: null } : { sealedSignIn: await sealSignIn(sealed, row, renewed) };
        await transaction.mcpServer.update({ where: { id }, data, select: { id: true } });
        return renewed?.tokens?.access_token ?? null;
      },
      { timeout: timeout + 5_000, maxWait: timeout },
    );
    if (token === null) throw ended();
    return token;
  };

  return {
    of: async (server, signal) => {
      const signIn = await readSignIn(sealed, server);
      if (signIn?.tokens == null) {
        if (server.signedInAt !== null) throw ended();
        return null;
      }
      return endsSoon(signIn) ? renew(server, (now) => !endsSoon(now), signal) : signIn.tokens.access_token;
    },
    after: (server, refused, signal) => renew(server, (now) => now.tokens !== null && now.tokens.access_token !== refused, signal),
  };
}
