import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { McpServer } from '../../../prisma/generated/client.ts';
import type { SignIn } from '../../mcp/sign-in.ts';

/** A server as its owner sees it. Neither its headers nor what a sign-in gave are in it. */
export type McpServerRow = Omit<McpServer, 'sealedHeaders' | 'sealedSignIn'>;

/** The columns of `McpServerRow`, of `mcp_servers s`. */
export const mcpServerColumns = `s.id, s.owner_id AS "ownerId", s.name, s.transport, s.url, s.header_names AS "headerNames", s.command, s.approval,
  s.signed_in_at AS "signedInAt", s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;

type Owned = Pick<McpServer, 'id' | 'ownerId'>;

/** A header with its value. */
export interface GivenHeader {
  readonly name: string;
  readonly value: string;
}

/** Where something sealed belongs: the row of another person or server does not open it. */
const placeOf = ({ id, ownerId }: Owned): readonly string[] => ['mcp-server', ownerId, id];
const signInPlaceOf = ({ id, ownerId }: Owned): readonly string[] => ['mcp-sign-in', ownerId, id];

/** The columns of some headers, their values encrypted. */
export async function sealHeaders(sealed: SealedTexts, row: Owned, headers: readonly GivenHeader[]) {
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
export function resealHeaders(sealed: SealedTexts, row: Owned, text: string): Promise<string> {
  return sealed.seal(text, placeOf(row));
}

/** A sign-in, encrypted. */
export function sealSignIn(sealed: SealedTexts, row: Owned, signIn: SignIn): Promise<string> {
  return sealed.seal(JSON.stringify(signIn), signInPlaceOf(row));
}

/** The sign-in of a server; null without one, and when it cannot be read, because the secret of the installation has changed. */
export async function readSignIn(sealed: SealedTexts, row: Owned & Pick<McpServer, 'sealedSignIn'>): Promise<SignIn | null> {
  const opened = row.sealedSignIn === null ? null : await openSignIn(sealed, row, row.sealedSignIn);
  // Written by us alone.
  const signIn: SignIn | null = opened === null ? null : JSON.parse(opened.text);
  return signIn;
}

/** A sign-in as JSON; null when it cannot be read. */
export function openSignIn(sealed: SealedTexts, row: Owned, sealedSignIn: string) {
  return sealed.open(sealedSignIn, signInPlaceOf(row));
}

/** Encrypts a sign-in anew. */
export function resealSignIn(sealed: SealedTexts, row: Owned, text: string): Promise<string> {
  return sealed.seal(text, signInPlaceOf(row));
}
