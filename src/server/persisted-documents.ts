import { readFile } from 'node:fs/promises';
import { NoSchemaIntrospectionCustomRule, parse, specifiedRules, validate, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { ConfigError } from '../base/config.ts';
import { messageOf } from '../base/errors.ts';
import type { GateConfig } from '../base/gate-config.ts';
import { defaultPageSize } from '../schema/pagination.ts';
import { protocolFailure } from './failure.ts';
import { createDocumentGate } from './query-limits/query-limits.ts';

/** Documents that clients name by an id instead of sending them. */
export interface PersistedDocuments {
  /**
   * The document that the parameters of a request name; null where they name none, or none that is known while they bring their own.
   *
   * @throws GraphQLError PERSISTED_DOCUMENT_NOT_FOUND, PERSISTED_DOCUMENT_REQUIRED, BAD_REQUEST
   */
  documentOf(parameters: Readonly<Record<string, unknown>>): string | null;
}

/** The parameters in which a client may name a document: that of GraphQL over HTTP, appendix A, and two that Relay apps usually choose. */
export const documentIdParameters = ['documentId', 'doc_id', 'id'] as const;

const longestId = 200;
const mostProblems = 20;
const apolloShape = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });
const fileShape = z.record(z.string().min(1).max(longestId), z.string());

function idOf(parameters: Readonly<Record<string, unknown>>): string | null {
  for (const name of documentIdParameters) {
    const id = parameters[name];
    if (id === undefined || id === null) continue;
    if (typeof id !== 'string') throw protocolFailure('BAD_REQUEST', `"${name}" must be a string, the id of a persisted document.`);
    return id;
  }
  const { extensions } = parameters;
  if (extensions === undefined || extensions === null) return null;
  const apollo = apolloShape.safeParse(extensions);
  return apollo.success ? apollo.data.persistedQuery.sha256Hash : null;
}

/**
 * Persisted documents.
 *
 * @param documents by their hash, which is opaque: whatever the client's compiler made
 * @param isOnly whether nothing else is answered
 */
export function createPersistedDocuments(documents: ReadonlyMap<string, string>, isOnly: boolean): PersistedDocuments {
  return {
    documentOf(parameters) {
      const id = idOf(parameters);
      const { query } = parameters;
      const bringsOwn = typeof query === 'string' && query !== '';
      if (id === null) {
        if (isOnly) throw protocolFailure('PERSISTED_DOCUMENT_REQUIRED', 'This server answers persisted documents only; send the id of one as "documentId".');
        return null;
      }
      // A prefix such as `sha256:` tells how the id was made, which is of no interest here.
      const document = documents.get(id) ?? documents.get(id.slice(id.indexOf(':') + 1));
      if (document !== undefined) return document;
      if (bringsOwn && !isOnly) return null;
      throw protocolFailure(
        'PERSISTED_DOCUMENT_NOT_FOUND',
        `No persisted document has the id "${id.slice(0, longestId)}"; give the server the newest file of them.`,
      );
    },
  };
}

/** What makes a document unfit, null for nothing. */
type Inspect = (text: string) => string | null;

function createInspection(schema: GraphQLSchema, gate: GateConfig, isOnly: boolean, isProduction: boolean): Inspect {
  const rules = isProduction ? [...specifiedRules, NoSchemaIntrospectionCustomRule] : specifiedRules;
  const documentGate = createDocumentGate({ schema, limits: gate.query, defaultPageSize, trustsDocuments: isOnly });
  return (text) => {
    try {
      const document = parse(text, isOnly ? {} : { maxTokens: gate.query.maxTokens });
      documentGate.checkDocument(document);
      return validate(schema, document, rules)[0]?.message ?? null;
    } catch (error) {
      return messageOf(error);
    }
  };
}

/**
 * Reads the persisted documents that the configuration names, in the form that graphql-codegen (`persisted-documents.json`) and
 * relay-compiler (`queries.json`) write: one object with hashes as keys and documents as values. Each document is parsed, validated and,
 * unless they alone are answered, held to the limits.
 *
 * @throws ConfigError that names the file, and every document that cannot be used by its hash
 */
export async function loadPersistedDocuments(options: {
  readonly schema: GraphQLSchema;
  readonly gate: GateConfig;
  readonly isProduction: boolean;
}): Promise<PersistedDocuments> {
  const { schema, gate, isProduction } = options;
  if (gate.persistedDocuments === null) return createPersistedDocuments(new Map(), false);
  const { path, mode } = gate.persistedDocuments;
  const refuse = (problems: readonly string[]): ConfigError =>
    new ConfigError(`The persisted documents in "${path}" cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw refuse([messageOf(error)]);
  }
  const parsed = fileShape.safeParse(content);
  if (!parsed.success) throw refuse(['the file must hold one JSON object, { "<hash>": "<document>" }, as graphql-codegen and relay-compiler write it']);
  const documents = new Map(Object.entries(parsed.data));
  const inspect = createInspection(schema, gate, mode === 'only', isProduction);
  const problems = [...documents].flatMap(([hash, text]) => {
    const problem = inspect(text);
    return problem === null ? [] : [`${hash}: ${problem}`];
  });
  if (problems.length > 0) throw refuse(problems.slice(0, mostProblems));
  return createPersistedDocuments(documents, mode === 'only');
}
