import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '../base/json.ts';
import type { McpConfig } from '../base/mcp-config.ts';
import { createChildTransport, type ChildCommand } from './child-transport.ts';
import { callResult, contentOf, cut } from './content.ts';
import { createServerFetch } from './server-fetch.ts';
import { listAllTools, type McpTool } from './tool-list.ts';
import { McpUnreachableError } from './unreachable.ts';

/** Where a server is. */
export type McpPlace =
  | { readonly transport: 'STREAMABLE_HTTP'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly transport: 'STDIO'; readonly command: ChildCommand };

/** What a call came to. */
export interface McpResult {
  readonly content: string;
  readonly isError: boolean;
}

/** A server that is connected. */
export interface McpConnection {
  readonly tools: readonly McpTool[];
  /**
   * Calls a tool. What goes wrong is a result with `isError`.
   *
   * @throws only the reason of the signal
   */
  call(name: string, args: JsonObject, signal: AbortSignal): Promise<McpResult>;
  /** Ends the connection, and the program of a STDIO server. */
  close(): Promise<void>;
}

/** Opens connections to servers of tools. */
export interface McpConnections {
  /**
   * Connects and lists the tools.
   *
   * @throws McpUnreachableError; the reason of the signal
   */
  open(place: McpPlace, signal: AbortSignal): Promise<McpConnection>;
}

const longestMessage = 1_000;
const requestTimeout: number = ErrorCode.RequestTimeout;
const goodbyeMs = 1_000;
/** A shorter value would be found in words that have nothing to do with it. */
const shortestSecret = 6;

/** What went wrong, in words for whoever has the server. Of an answer over HTTP nothing but its status is told: what it holds may be anything. */
function problemOf(error: unknown): string {
  if (error instanceof StreamableHTTPError && error.code !== undefined && error.code > 0) {
    const isRefused = error.code === 401 || error.code === 403;
    return `It answers with the status ${error.code}${isRefused ? '; sign in to it with "beginMcpSignIn", or check the headers that it is sent' : ''}.`;
  }
  if (error instanceof McpError) {
    return error.code === requestTimeout ? 'It did not answer in time.' : cut(error.message, longestMessage);
  }
  if (error instanceof Error && error.name === 'RefusedAddressError') return error.message;
  return 'It cannot be reached, or does not speak the Model Context Protocol.';
}

/** Takes the values of headers out of what a server says. */
function createCensor(place: McpPlace): (text: string) => string {
  const given = Object.values(place.transport === 'STDIO' ? place.command.env : place.headers);
  const secrets = given.flatMap((value) => [value, value.replace(/^\S+ /, '')]).filter((value) => value.length >= shortestSecret);
  return (text) => secrets.reduce((censored, secret) => censored.replaceAll(secret, '[secret]'), text);
}

/**
 * Creates what connects.
 *
 * @param options.fetch must connect to allowed addresses alone and refuse redirects
 */
export function createMcpConnections(options: {
  readonly fetch: typeof globalThis.fetch;
  readonly version: string;
  readonly config: McpConfig;
}): McpConnections {
  const { fetch, version, config } = options;
  let commandsRunning = 0;

  const transportOf = (place: McpPlace) => {
    if (place.transport === 'STDIO') return createChildTransport(place.command, { maxBytes: config.maxAnswerBytes });
    const url = new URL(place.url);
    return new StreamableHTTPClientTransport(url, {
      fetch: createServerFetch(fetch, url, { maxBytes: config.maxAnswerBytes }),
      requestInit: { headers: { ...place.headers } },
      reconnectionOptions: { initialReconnectionDelay: 1_000, maxReconnectionDelay: 1_000, reconnectionDelayGrowFactor: 1, maxRetries: 0 },
    });
  };

  return {
    open: async (place, signal) => {
      signal.throwIfAborted();
      const isCommand = place.transport === 'STDIO';
      if (isCommand && commandsRunning >= config.maxCommands) throw new McpUnreachableError('Too many programs of servers run at the moment; try again.');
      if (isCommand) commandsRunning += 1;
      const transport = transportOf(place);
      // It can do nothing that a server could ask for: no sampling, no roots, no questions.
      const client = new Client({ name: 'colloquy', version }, { capabilities: {} });
      const censor = createCensor(place);
      let isClosed = false;

      const close = async (): Promise<void> => {
        if (isClosed) return;
        isClosed = true;
        if (isCommand) commandsRunning -= 1;
        signal.removeEventListener('abort', onAbort);
        if (transport instanceof StreamableHTTPClientTransport && transport.sessionId !== undefined) {
          const limit = Promise.withResolvers<void>();
          const timer = setTimeout(limit.resolve, goodbyeMs);
          await Promise.race([transport.terminateSession().catch(() => undefined), limit.promise]);
          clearTimeout(timer);
        }
        await client.close().catch(() => undefined);
      };
      const onAbort = (): void => void close();
      signal.addEventListener('abort', onAbort, { once: true });

      const within = (timeout: number): RequestOptions => ({ timeout, maxTotalTimeout: timeout, signal });
      try {
        await client.connect(transport, within(config.connectTimeoutMs));
        const tools = await listAllTools(client, config, within(config.listTimeoutMs));
        return {
          tools: tools.map((tool) => ({ ...tool, description: censor(tool.description) })),
          call: async (name, args, callSignal) => {
            try {
              const result = await client.request({ method: 'tools/call', params: { name, arguments: { ...args } } }, callResult, {
                ...within(config.callTimeoutMs),
                signal: callSignal,
              });
              return { content: cut(censor(contentOf(result)), config.maxResultCharacters), isError: result.isError };
            } catch (error) {
              callSignal.throwIfAborted();
              return { content: censor(problemOf(error)), isError: true };
            }
          },
          close,
        };
      } catch (error) {
        await close();
        signal.throwIfAborted();
        throw new McpUnreachableError(censor(problemOf(error)), error instanceof StreamableHTTPError && error.code === 401);
      }
    },
  };
}
