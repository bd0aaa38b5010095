import type { IncomingMessage } from 'node:http';
import type { GraphQLParams } from 'graphql-yoga';
import { z } from 'zod';
import { readBody, type BodyLimits } from './body.ts';
import { protocolFailure } from './failure.ts';
import { documentIdParameters, type PersistedDocuments } from './persisted-documents.ts';

// The shape is checked further by Yoga, which knows the parameters that plugins add.
const paramsShape = z.record(z.string(), z.unknown());

/** Refuses what is not JSON in UTF-8 as it is; nothing is decompressed. */
function checkContentType(request: IncomingMessage): void {
  const [mediaType = '', ...parameters] = (request.headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset =
    parameters
      .find((parameter) => parameter.startsWith('charset='))
      ?.slice('charset='.length)
      .replaceAll('"', '') ?? 'utf-8';
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (mediaType !== 'application/json' && mediaType !== 'application/graphql-response+json') {
    throw protocolFailure('UNSUPPORTED_MEDIA_TYPE', `The content type "${mediaType}" is not supported; send "application/json". Files go to POST /uploads.`);
  }
  if (charset !== 'utf-8' && charset !== 'utf8') throw protocolFailure('UNSUPPORTED_MEDIA_TYPE', `The charset "${charset}" is not supported; send UTF-8.`);
  if (encoding !== 'identity')
    throw protocolFailure('UNSUPPORTED_MEDIA_TYPE', `The content encoding "${encoding}" is not supported; send the body uncompressed.`);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw protocolFailure('BAD_REQUEST', `${what} is not JSON.`);
  }
}

/** The parameters of a request before it is known which document they mean. */
type Parameters = Readonly<Record<string, unknown>>;

function parseObject(value: unknown, what: string): Parameters {
  if (Array.isArray(value)) throw protocolFailure('BAD_REQUEST', `${what} is an array; send one operation a request.`);
  const parsed = paramsShape.safeParse(value);
  if (!parsed.success) throw protocolFailure('BAD_REQUEST', `${what} must be a JSON object with "query", and if needed "variables" and "operationName".`);
  const { operationName } = parsed.data;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw protocolFailure('BAD_REQUEST', `"operationName" in ${what.toLowerCase()} must be a string.`);
  }
  return parsed.data;
}

function paramsOfUrl(request: IncomingMessage): Parameters {
  const search = new URLSearchParams(request.url?.split('?', 2)[1] ?? '');
  const jsonOf = (name: string): unknown => {
    const text = search.get(name);
    return text === null || text === '' ? undefined : parseJson(text, `The parameter "${name}"`);
  };
  // Only what GraphQL over HTTP names is taken from a URL; a token there is ignored.
  return parseObject(
    {
      query: search.get('query') ?? undefined,
      operationName: search.get('operationName') ?? undefined,
      variables: jsonOf('variables'),
      extensions: jsonOf('extensions'),
      ...Object.fromEntries(documentIdParameters.map((name) => [name, search.get(name) ?? undefined])),
    },
    'The URL',
  );
}

async function paramsOfBody(request: IncomingMessage, limits: BodyLimits): Promise<Parameters> {
  checkContentType(request);
  const body = await readBody(request, limits);
  return parseObject(parseJson(body.toString('utf8'), 'The body'), 'The body');
}

/**
 * The parameters of a GraphQL request (https://graphql.github.io/graphql-over-http/): from the URL of a GET, from the JSON body of a POST.
 *
 * @param limits bound the body
 * @param persistedDocuments what a document may be named from
 * @throws GraphQLError BAD_REQUEST, PERSISTED_DOCUMENT_NOT_FOUND, PERSISTED_DOCUMENT_REQUIRED, UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE
 */
export async function readGraphqlParams(request: IncomingMessage, limits: BodyLimits, persistedDocuments: PersistedDocuments): Promise<GraphQLParams> {
  const parameters = request.method === 'GET' ? paramsOfUrl(request) : await paramsOfBody(request, limits);
  const document = persistedDocuments.documentOf(parameters);
  if (document === null && !documentIdParameters.some((name) => name in parameters)) return parameters;
  const { documentId: _documentId, doc_id: _docId, id: _id, ...others } = parameters;
  return document === null ? others : { ...others, query: document };
}
