import { z } from 'zod';
import { parseInput } from '../../base/validate.ts';
import { present, refuseNull } from '../planner/input.ts';

/** Names that the connection itself needs, and those of one hop (RFC 9110, 7.6.1). */
const ownHeaders =
  /^(accept|accept-encoding|connection|content-.*|expect|host|keep-alive|last-event-id|mcp-.*|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'is not the name of a header')
  .refine((name) => !ownHeaders.test(name), 'is a header that the connection sets itself');

const header = z.object({
  name: headerName,
  // No message tells what was given.
  value: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(4_096, 'has at most 4,096 characters')
    .regex(/^[\u0020-\u007e]+$/, 'must not contain line breaks or characters beyond ASCII'),
});

/** Of the name of a server, in characters. */
export const longestServerName = 24;
const mostHeaders = 20;

const isOnce = (headers: readonly { readonly name: string }[]): boolean => new Set(headers.map(({ name }) => name.toLowerCase())).size === headers.length;

const fields = {
  // Without "_", which ends it in the names of tools: two servers never have the same prefix.
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$/, 'is 1 to 24 lower-case letters, digits or "-", and begins and ends with a letter or a digit'),
  url: z
    .string()
    .trim()
    .max(500, 'has at most 500 characters')
    .refine((text) => URL.canParse(text), 'is not an address; write it as https://mcp.example.org/mcp')
    .refine(
      (text) => !URL.canParse(text) || (new URL(text).search === '' && new URL(text).hash === ''),
      'must end with its path, without "?" and "#"; secrets belong into headers',
    )
    .transform((text) => (URL.canParse(text) ? new URL(text).href : text))
    .exactOptional(),
  headers: z.array(header).max(mostHeaders, `has at most ${mostHeaders} headers`).refine(isOnce, 'has a header twice').nullable().exactOptional(),
  command: z.string().max(100, 'has at most 100 characters').exactOptional(),
  approval: z.enum(['ALWAYS', 'WRITES', 'NEVER']).exactOptional(),
};

const newServer = z.object({ ...fields, transport: z.enum(['STREAMABLE_HTTP', 'STDIO']) });
const changes = z.object({ ...fields, name: fields.name.exactOptional() });

/** What a server is to be like; what is absent stays or takes its default. */
export interface McpServerInput {
  readonly name?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly headers?: readonly { readonly name: string; readonly value: string }[] | null | undefined;
  readonly command?: string | null | undefined;
  readonly approval?: 'ALWAYS' | 'WRITES' | 'NEVER' | null | undefined;
}

const needed = ['name', 'url', 'command', 'approval'];

/** A new server, checked by itself. @throws AppError BAD_USER_INPUT */
export function parseNewServer(input: McpServerInput & { readonly transport: 'STREAMABLE_HTTP' | 'STDIO' }): z.output<typeof newServer> {
  refuseNull({ ...input }, needed, ['input']);
  return parseInput(newServer, present(input));
}

/** Changes of a server, checked by themselves. @throws AppError BAD_USER_INPUT */
export function parseServerChanges(input: McpServerInput): z.output<typeof changes> {
  refuseNull({ ...input }, needed, ['input']);
  return parseInput(changes, present(input));
}

/** Names of headers without their values, checked. @throws AppError BAD_USER_INPUT */
export function parseHeaderNames(names: readonly string[]): string[] {
  const shape = z.array(headerName).max(mostHeaders, `has at most ${mostHeaders} headers`);
  return parseInput(
    shape.refine((all) => isOnce(all.map((name) => ({ name }))), 'has a header twice'),
    names,
    ['headerNames'],
  );
}
