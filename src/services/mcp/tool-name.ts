import { createHash } from 'node:crypto';

/** What providers allow: OpenAI, Anthropic and Gemini all take these characters, at most 64. */
const mostCharacters = 64;
const hashCharacters = 8;

/** What the names of all tools of a server begin with. */
export const toolPrefixOf = (server: string): string => `mcp_${server}_`;

/**
 * What engines call a tool of a server by. It depends on nothing but the two names, so that a call which was approved before a pause is the same one after
 * it; one that had to be changed ends in a hash of the whole name.
 *
 * @param server without "_", which ends it here
 */
export function toolNameOf(server: string, tool: string): string {
  const prefix = toolPrefixOf(server);
  const clean = tool.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  const most = mostCharacters - prefix.length;
  if (clean === tool && tool.length <= most) return prefix + tool;
  const hash = createHash('sha256').update(tool).digest('hex').slice(0, hashCharacters);
  return `${prefix}${clean.slice(0, most - hashCharacters - 1)}_${hash}`;
}
