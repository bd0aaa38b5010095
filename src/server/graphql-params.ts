import type { IncomingMessage } from 'node:http';
import { readBody, type BodyLimits } from './body.ts';
import { protocolFailure } from './failure.ts';
import type { OperationPayload } from './operation.ts';
import { documentIdParameters, type PersistedDocuments } from './persisted-documents.ts';

/** Refuses what is not JSON in UTF-8 as it is; nothing is decompressed. */
function checkContentType(request: IncomingMessage): void {
  // What nearly every client sends.
  if (request.headers['content-type'] === 'application/json' && request.headers['content-encoding'] === undefined) return;
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(value: unknown, what: string): Parameters {
  if (Array.isArray(value)) throw protocolFailure('BAD_REQUEST', `${what} is an array; send one operation a request.`);
  if (!isObject(value)) throw protocolFailure('BAD_REQUEST', `${what} must be a JSON object with "query", and if needed "variables" and "operationName".`);
  return value;
}

function objectOf(parameters: Parameters, name: 'variables' | 'extensions'): Record<string, unknown> | null {
  const value = parameters[name];
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw protocolFailure('BAD_REQUEST', `"${name}" must be a JSON object.`);
  return value;
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
export async function readGraphqlParams(request: IncomingMessage, limits: BodyLimits, persistedDocuments: PersistedDocuments): Promise<OperationPayload> {
  const parameters = request.method === 'GET' ? paramsOfUrl(request) : await paramsOfBody(request, limits);
  const query = persistedDocuments.documentOf(parameters) ?? parameters['query'];
  const { operationName } = parameters;
  if (typeof query !== 'string') throw protocolFailure('BAD_REQUEST', 'There is no "query"; send the document as a string.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw protocolFailure('BAD_REQUEST', '"operationName" must be a string.');
  }
  return { query, operationName, variables: objectOf(parameters, 'variables'), extensions: objectOf(parameters, 'extensions') };
}
