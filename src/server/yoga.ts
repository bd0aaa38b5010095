import { getOperationAST, Kind, type DocumentNode, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Caps } from './caps.ts';
import type { GateConfig } from '../base/gate-config.ts';
import { defaultPageSize } from '../schema/pagination.ts';
import { createDocumentCache } from './document-cache.ts';
import { useCompiledEvents } from './compiled-events.ts';
import { useEventStreamCap } from './event-stream-cap.ts';
import type { Exchange } from './exchange.ts';
import { createExecutor } from './executor/execute.ts';
import { protocolFailure } from './failure.ts';
import type { OperationOrigin, RequestLimit } from './options.ts';
import { useOperationTimeout } from './operation-timeout.ts';
import { useQueryLimits } from './query-limits/plugin.ts';
import { createDocumentGate } from './query-limits/query-limits.ts';
import { useRequestLimit } from './request-limit-plugin.ts';
import { useScopes } from './scope-plugin.ts';
import { useValidation } from './validation.ts';

/** Yoga as this server runs it. */
export type Yoga = YogaServerInstance<{ readonly exchange: Exchange }, object>;

type ServerPlugin = Plugin<{ readonly exchange: Exchange }, { readonly exchange: Exchange }>;

interface RunningOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly contextValue: { readonly exchange: Exchange };
}

/** Notes what runs, for the log. The name is that of the document, which is known to be a name. */
function record({ document, operationName, contextValue }: RunningOperation): void {
  const operation = getOperationAST(document, operationName);
  contextValue.exchange.recorder.add({ operationName: operation?.name?.value ?? null, operationType: operation?.operation ?? null });
}

function useRecord(): ServerPlugin {
  return { onExecute: ({ args }) => record(args), onSubscribe: ({ args }) => record(args) };
}

/** A GET can be sent by any page and be repeated by anyone on the way, so it must change nothing. */
function useQueriesOverGet(): ServerPlugin {
  return {
    onParse() {
      return ({ result, context }) => {
        const { http } = context.exchange;
        if (http === null || http.incoming.method !== 'GET' || result === null || result instanceof Error) return;
        const document: DocumentNode = result;
        const isMutating = document.definitions.some((definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.operation === 'mutation');
        if (isMutating) throw protocolFailure('METHOD_NOT_ALLOWED', 'A document with a mutation must be sent by POST.');
      };
    },
  };
}

/** Executes with the compiling executor instead of Yoga's. First among the plugins, so that others wrap it. */
function useExecutor(): ServerPlugin {
  const executor = createExecutor();
  return { onExecute: ({ setExecuteFn }) => setExecuteFn(executor.execute) };
}

/**
 * Yoga as the host of plugins: parsing and validation with their caches, the context, execution. What comes in and goes out is ours on every
 * transport (`operation.ts`), so its own parsers, result processors, CORS, GraphiQL and masking are not in the way.
 *
 * @param options.createContext makes the context of the resolvers
 */
export function createGraphqlServer(options: {
  readonly schema: GraphQLSchema;
  readonly createContext: (origin: OperationOrigin) => object;
  readonly requestLimit: RequestLimit;
  readonly isProduction: boolean;
  readonly gate: GateConfig;
  readonly caps: Caps;
  /** How long the mutations `ask` and `transcribe` wait for a model. */
  readonly askTimeoutMs: number;
  /** How long the making of a table may take. */
  readonly writeTimeoutMs: number;
}): Yoga {
  const { schema, createContext, requestLimit, isProduction, gate, caps, askTimeoutMs, writeTimeoutMs } = options;
  const { operationTimeoutMs: timeoutMs } = gate;
  const trustsDocuments = gate.persistedDocuments?.mode === 'only';
  const documentGate = createDocumentGate({ schema, limits: gate.query, defaultPageSize, trustsDocuments });
  return createYoga<{ readonly exchange: Exchange }, object>({
    schema,
    context: ({ exchange }) => createContext(exchange.origin),
    graphqlEndpoint: '/graphql',
    // Yoga's masking knows no request id, and sees neither WebSockets nor all that is thrown in mid-stream.
    maskedErrors: false,
    logging: false,
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: false,
    // `useValidation` remembers what documents come to; Yoga's way takes the names of all rules together for every operation.
    parserAndValidationCache: { ...createDocumentCache(), validationCache: false },
    plugins: [
      useExecutor(),
      useQueryLimits({ gate: documentGate, limits: trustsDocuments ? null : gate.query }),
      useQueriesOverGet(),
      useEventStreamCap(caps),
      useValidation({ isProduction }),
      useRecord(),
      useRequestLimit(requestLimit),
      useScopes(),
      useOperationTimeout({
        timeoutMs,
        longerMs: {
          'Mutation.ask': askTimeoutMs + timeoutMs,
          'Mutation.transcribe': askTimeoutMs + timeoutMs,
          'Mutation.createTable': writeTimeoutMs + timeoutMs,
          'Mutation.refreshTable': writeTimeoutMs + timeoutMs,
          // They write several tables, each within the time of one.
          'Mutation.createPersonalSession': writeTimeoutMs + timeoutMs,
          'Mutation.refreshPersonalSession': writeTimeoutMs + timeoutMs,
        },
      }),
      useCompiledEvents(),
    ],
  });
}
