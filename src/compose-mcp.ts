import { createSealedTexts } from './auth/sealed-text.ts';
import type { Foundation } from './compose.ts';
import { createGuardedFetch } from './engines/guarded-fetch.ts';
import type { OutsideAddresses } from './engines/outside-address.ts';
import { createMcpConnections } from './mcp/connections.ts';
import type { Audit } from './services/audit.ts';
import { resealServers } from './services/mcp/reseal.ts';
import { createOutsideTools } from './services/mcp/run-tools.ts';
import { createMcpServers } from './services/mcp/servers.ts';
import { createSignIns } from './services/mcp/sign-ins.ts';
import { createSignInTokens } from './services/mcp/sign-in-tokens.ts';
import type { Statements } from './stores/statements.ts';

/** Wires the servers of tools that people connect. */
export function composeMcp(foundation: Foundation, { statements, addresses }: { readonly statements: Statements; readonly addresses: OutsideAddresses }) {
  const { config: all, secret, clock, newId, logger, version } = foundation;
  const { prisma, pool } = foundation.database;
  const config = all.mcp;
  const sealed = createSealedTexts({ secret, previousSecrets: all.previousSecrets, purpose: 'mcp-servers' });
  const fetch = createGuardedFetch({ addresses, connectTimeoutMs: config.connectTimeoutMs, maxBytes: config.maxAnswerBytes });
  const connections = createMcpConnections({ fetch, version, config });
  const signIn = { prisma, clock, sealed, fetch, config };
  const signInTokens = createSignInTokens(signIn);
  return {
    openOutsideTools: createOutsideTools({ prisma, logger, sealed, connections, signInTokens, config }),
    resealServers: () => resealServers({ prisma, sealed, logger }),
    createMcpServers: (audit: Audit) =>
      createMcpServers({ prisma, pool, statements, clock, newId, audit, addresses, sealed, connections, signInTokens, config }),
    createMcpSignIns: (audit: Audit) => createSignIns({ ...signIn, audit }),
  };
}
