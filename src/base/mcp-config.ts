import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { megabyte, wholeNumber } from './config-values.ts';

/** A program that speaks MCP over its standard input and output, which an operator lets people use by its name. */
export interface McpCommand {
  readonly name: string;
  /** An absolute path: no PATH is searched. */
  readonly command: string;
  readonly args: readonly string[];
  /** All variables that it sees; those of the server are not among them. */
  readonly env: Readonly<Record<string, string>>;
}

/** What people may do with servers of tools. */
export interface McpConfig {
  readonly maxServersPerUser: number;
  /** How many of them one persona may have. */
  readonly maxServersPerPersona: number;
  readonly connectTimeoutMs: number;
  readonly listTimeoutMs: number;
  readonly callTimeoutMs: number;
  /** How many tools of one server are used; the others are left out. */
  readonly maxTools: number;
  /** Of one definition of a tool, as JSON; a longer one is left out. */
  readonly maxDefinitionCharacters: number;
  /** Of the result of one call; the rest is cut off. */
  readonly maxResultCharacters: number;
  /** Of one answer of a server, and of one message of a command. */
  readonly maxAnswerBytes: number;
  /** How many commands may run at once on this node. */
  readonly maxCommands: number;
  /** By what people choose; none turns STDIO off. */
  readonly commands: readonly McpCommand[];
}

const form = 'must be JSON such as [{"name": "files", "command": "/usr/bin/files-mcp", "args": ["/srv"], "env": {}}], with absolute paths and each name once';

const commandsShape = z.array(
  z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,23}$/),
    command: z.string().refine(isAbsolute),
    args: z.array(z.string()).default([]),
    env: z.record(z.string(), z.string()).default({}),
  }),
);

function parseCommands(text: string): readonly McpCommand[] | null {
  try {
    const commands = commandsShape.parse(JSON.parse(text));
    return new Set(commands.map(({ name }) => name)).size === commands.length ? commands : null;
  } catch {
    return null;
  }
}

/** No message tells what was given: an environment may hold secrets. */
const commandsText = z
  .string()
  .default('[]')
  .transform((text, context): readonly McpCommand[] => {
    const commands = parseCommands(text);
    if (commands === null) context.addIssue({ code: 'custom', message: form });
    return commands ?? [];
  });

/** The variables of servers of tools. */
export const mcpVariables = {
  MAX_MCP_SERVERS_PER_USER: wholeNumber(20, 0, 1_000),
  MAX_MCP_SERVERS_PER_PERSONA: wholeNumber(5, 1, 50),
  MCP_CONNECT_TIMEOUT_MS: wholeNumber(5_000, 100, 60_000),
  MCP_LIST_TIMEOUT_MS: wholeNumber(5_000, 100, 60_000),
  MCP_CALL_TIMEOUT_MS: wholeNumber(60_000, 100, 600_000),
  MCP_MAX_TOOLS: wholeNumber(50, 1, 500),
  MCP_MAX_DEFINITION_CHARACTERS: wholeNumber(10_000, 100, 1_000_000),
  MCP_MAX_RESULT_CHARACTERS: wholeNumber(50_000, 100, 10_000_000),
  MCP_MAX_ANSWER_BYTES: wholeNumber(4 * megabyte, 1_024, 64 * megabyte),
  MCP_MAX_COMMANDS: wholeNumber(16, 1, 1_000),
  MCP_STDIO_SERVERS: commandsText,
};

const variables = z.object(mcpVariables);

/** The part of the configuration. */
export function shapeMcp(values: z.infer<typeof variables>): McpConfig {
  return {
    maxServersPerUser: values.MAX_MCP_SERVERS_PER_USER,
    maxServersPerPersona: values.MAX_MCP_SERVERS_PER_PERSONA,
    connectTimeoutMs: values.MCP_CONNECT_TIMEOUT_MS,
    listTimeoutMs: values.MCP_LIST_TIMEOUT_MS,
    callTimeoutMs: values.MCP_CALL_TIMEOUT_MS,
    maxTools: values.MCP_MAX_TOOLS,
    maxDefinitionCharacters: values.MCP_MAX_DEFINITION_CHARACTERS,
    maxResultCharacters: values.MCP_MAX_RESULT_CHARACTERS,
    maxAnswerBytes: values.MCP_MAX_ANSWER_BYTES,
    maxCommands: values.MCP_MAX_COMMANDS,
    commands: values.MCP_STDIO_SERVERS,
  };
}
