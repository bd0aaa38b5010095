import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { z } from 'zod';
import type { JsonObject } from '../base/json.ts';
import type { McpConfig } from '../base/mcp-config.ts';

/** A tool as its server describes it. */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object. */
  readonly parameters: JsonObject;
  /** Whether the server says that it changes nothing. */
  readonly isReadOnly: boolean;
}

const longestDescription = 2_000;
/** Of one list, so that a server whose pages never end is not read for ever. */
const mostPages = 20;

// Read one by one: a tool that is not as it should be must not take the others with it.
const page = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });

const toolShape = z
  .object({
    name: z.string().min(1).max(200),
    description: z.string().default(''),
    inputSchema: z.record(z.string(), z.json()).refine((schema) => schema['type'] === 'object'),
    annotations: z.object({ readOnlyHint: z.boolean().default(false) }).default({ readOnlyHint: false }),
  })
  .transform(({ name, description, inputSchema: { $schema: _dialect, ...parameters }, annotations }): McpTool => ({
    name,
    description: description.replaceAll('\u0000', '').slice(0, longestDescription).toWellFormed(),
    parameters,
    isReadOnly: annotations.readOnlyHint,
  }));

/**
 * The tools of a server, those that can be used. Not by the SDK's `listTools`, which compiles the schemas of results that a server gives.
 *
 * @param limits how many, and how long a definition may be; what is beyond is left out
 * @param options the time for all pages together
 */
export async function listAllTools(client: Client, limits: Pick<McpConfig, 'maxTools' | 'maxDefinitionCharacters'>, options: RequestOptions) {
  const tools = new Map<string, McpTool>();
  const until = performance.now() + (options.timeout ?? 0);
  let cursor: string | undefined;
  for (let count = 0; count < mostPages && tools.size < limits.maxTools; count += 1) {
    const left = Math.max(1, until - performance.now());
    const found = await client.request({ method: 'tools/list', params: cursor === undefined ? {} : { cursor } }, page, {
      ...options,
      timeout: left,
      maxTotalTimeout: left,
    });
    for (const listed of found.tools) {
      const { data: tool } = toolShape.safeParse(listed);
      const isUsable = tool !== undefined && JSON.stringify(tool.parameters).length <= limits.maxDefinitionCharacters;
      if (isUsable && tools.size < limits.maxTools) tools.set(tool.name, tool);
    }
    cursor = found.nextCursor;
    if (cursor === undefined) break;
  }
  return [...tools.values()];
}
