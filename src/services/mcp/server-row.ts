import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { McpServer } from '../../../prisma/generated/client.ts';

/** A server as its owner sees it. Its headers are not in it. */
export type McpServerRow = Omit<McpServer, 'sealedHeaders'>;

/** The columns of `McpServerRow`, of `mcp_servers s`. */
export const mcpServerColumns = `s.id, s.owner_id AS "ownerId", s.name, s.transport, s.url, s.header_names AS "headerNames", s.command, s.approval,
  s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;

/** A header with its value. */
export interface GivenHeader {
  readonly name: string;
  readonly value: string;
}

/** Where sealed headers belong: the row of another person or server does not open them. */
const placeOf = ({ id, ownerId }: Pick<McpServer, 'id' | 'ownerId'>): readonly string[] => ['mcp-server', ownerId, id];

/** The columns of some headers, their values encrypted. */
export async function sealHeaders(sealed: SealedTexts, row: Pick<McpServer, 'id' | 'ownerId'>, headers: readonly GivenHeader[]) {
  const values = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
  return {
    headerNames: headers.map(({ name }) => name),
    sealedHeaders: headers.length === 0 ? null : await sealed.seal(JSON.stringify(values), placeOf(row)),
  };
}

/** The headers of a server as JSON; null when they cannot be read, because the secret of the installation has changed. */
export async function openHeaders(sealed: SealedTexts, row: Pick<McpServer, 'id' | 'ownerId' | 'sealedHeaders'>) {
  return row.sealedHeaders === null ? { text: '{}', isCurrent: true } : sealed.open(row.sealedHeaders, placeOf(row));
}

/** Encrypts headers anew. */
export function resealHeaders(sealed: SealedTexts, row: Pick<McpServer, 'id' | 'ownerId'>, text: string): Promise<string> {
  return sealed.seal(text, placeOf(row));
}
