import { getOperationAST, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { QueryLimits } from '../../base/gate-config.ts';
import { protocolFailure } from '../failure.ts';
import { measureDocument, type Measures } from './measure.ts';
import { countRows, createPageFinder, type PagedField, type RawVariables } from './pages.ts';

/** Decides whether an operation may be run. */
export interface DocumentGate {
  /**
   * Checks what can be known without variables; the outcome is kept with the document, so a document that is known costs nothing.
   *
   * @throws GraphQLError or AppError: QUERY_TOO_COMPLEX, or BAD_USER_INPUT for a page size
   */
  checkDocument(document: DocumentNode): void;
  /**
   * Checks what depends on variables: page sizes, and the rows of all pages together.
   *
   * @throws the same
   */
  checkVariables(document: DocumentNode, operationName: string | null | undefined, variables: RawVariables): void;
}

/** What is kept with a document. */
interface Verdict {
  readonly failure: Error | null;
  readonly pages: ReadonlyMap<OperationDefinitionNode, readonly PagedField[]>;
}

// The query by which clients learn the schema follows fifteen fields; what goes in circles is refused by a rule of graphql itself.
const mostIntrospectionDepth = 20;
const mostNamedCount = 1_000_000;

function tooComplex(found: number, what: string, most: number, remedy: string): Error {
  const count = found > mostNamedCount ? `more than ${mostNamedCount}` : String(found);
  return protocolFailure('QUERY_TOO_COMPLEX', `The operation has ${count} ${what}; the limit is ${most}. ${remedy}`);
}

/** The excess that makes validation slow, wherever it stands. */
function repetitionExcess({ repetitions }: Measures, limits: QueryLimits): Error | null {
  return repetitions > limits.maxRepetitions ? tooComplex(repetitions, 'repetitions of one field', limits.maxRepetitions, 'Write each field once.') : null;
}

function firstExcess(measures: Measures, limits: QueryLimits): Error | null {
  const lessAtOnce = 'Ask for less at once, or in several requests.';
  const rows: readonly (readonly [found: number, what: string, most: number, remedy: string])[] = [
    [measures.fields, 'fields, counted through fragments', limits.maxFields, lessAtOnce],
    [measures.depth, 'levels of fields', limits.maxDepth, 'Select fewer levels, and load the rest by id.'],
    [measures.introspectionDepth, 'levels of fields within the description of the schema', mostIntrospectionDepth, 'Use the usual introspection query.'],
    [measures.aliases, 'aliases, counted through fragments', limits.maxAliases, lessAtOnce],
    [measures.rootFields, 'root fields', limits.maxRootFields, lessAtOnce],
    [measures.directives, 'directives, counted through fragments', limits.maxDirectives, 'Leave out those that are not needed.'],
  ];
  for (const [found, what, most, remedy] of rows) if (found > most) return tooComplex(found, what, most, remedy);
  return repetitionExcess(measures, limits);
}

/** The failure of a document with more tokens than are parsed. */
export function tooManyTokens(limits: QueryLimits): Error {
  return protocolFailure('QUERY_TOO_COMPLEX', `The document has more than ${limits.maxTokens} tokens. Ask for less at once, or in several requests.`);
}

/**
 * The gate for documents.
 *
 * @param options.defaultPageSize the rows of a connection that says no size
 * @param options.trustsDocuments whether documents come from the operator and are not measured; their variables still come from anybody
 */
export function createDocumentGate(options: {
  readonly schema: GraphQLSchema;
  readonly limits: QueryLimits;
  readonly defaultPageSize: number;
  readonly trustsDocuments: boolean;
}): DocumentGate {
  const { schema, limits, defaultPageSize, trustsDocuments } = options;
  const verdicts = new WeakMap<DocumentNode, Verdict>();
  const findPages = createPageFinder({ schema, defaultPageSize, maxPageSize: limits.maxPageSize });

  function checkRows(fields: readonly PagedField[], variables: RawVariables): void {
    const rows = countRows(fields, variables);
    if (rows > limits.maxRows) throw tooComplex(rows, 'rows if every page is full', limits.maxRows, 'Ask for smaller pages with "first".');
  }

  function judge(document: DocumentNode): Verdict {
    const pages = new Map<OperationDefinitionNode, readonly PagedField[]>();
    try {
      const { operations, fragments, hasCycle } = measureDocument(document);
      if (!trustsDocuments) {
        for (const measures of fragments) {
          const excess = repetitionExcess(measures, limits);
          if (excess !== null) return { failure: excess, pages };
        }
      }
      for (const [operation, measures] of operations) {
        const excess = trustsDocuments ? null : firstExcess(measures, limits);
        if (excess !== null) return { failure: excess, pages };
        // Validation refuses the document; to follow it field by field would never end.
        if (hasCycle) return { failure: null, pages };
        const fields = findPages(operation, document);
        if (fields.length === 0) continue;
        if ((operation.variableDefinitions ?? []).length === 0) checkRows(fields, null);
        else pages.set(operation, fields);
      }
      return { failure: null, pages };
    } catch (error) {
      if (error instanceof Error) return { failure: error, pages };
      throw error;
    }
  }

  function verdictOf(document: DocumentNode): Verdict {
    const known = verdicts.get(document);
    if (known !== undefined) return known;
    const verdict = judge(document);
    verdicts.set(document, verdict);
    return verdict;
  }

  return {
    checkDocument(document) {
      const { failure } = verdictOf(document);
      if (failure !== null) throw failure;
    },
    checkVariables(document, operationName, variables) {
      const { pages } = verdictOf(document);
      if (pages.size === 0) return;
      const operation = getOperationAST(document, operationName);
      const fields = operation == null ? undefined : pages.get(operation);
      if (fields !== undefined) checkRows(fields, variables);
    },
  };
}
