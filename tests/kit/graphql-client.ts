/** The whole answer of a GraphQL request over HTTP. */
export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly requestId: string | null;
  readonly text: string;
  readonly body: { readonly data?: Parsed; readonly errors?: readonly GraphqlAnswerError[] } | null;
}

/** An error as it came over the wire. */
export interface GraphqlAnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly requestId: string;
    readonly retryAfterMs?: number;
    readonly issues?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
  };
}

/** What came over the wire, as `JSON.parse` types it: a test reads in it freely, and a wrong path fails the test. */
export type Parsed = ReturnType<typeof JSON.parse>;

/** Variables of an operation. */
export type Variables = Readonly<Record<string, unknown>>;

/** A client for queries and mutations that fails with evidence. */
export interface GraphqlClient {
  /** The data of an operation. @throws Error with the document, the variables, the whole answer and the request id, when there are errors */
  request(document: string, variables?: Variables): Promise<Parsed>;
  /** The errors of an operation that must fail. @throws Error with the same evidence when there are none */
  expectErrors(document: string, variables?: Variables): Promise<readonly GraphqlAnswerError[]>;
  /** The answer, whatever it is. */
  ask(document: string, variables?: Variables): Promise<GraphqlAnswer>;
}

function isAnswerBody(value: unknown): value is NonNullable<GraphqlAnswer['body']> {
  return typeof value === 'object' && value !== null;
}

function parseBody(text: string): GraphqlAnswer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return isAnswerBody(value) ? value : null;
  } catch {
    return null;
  }
}

function evidence(reason: string, document: string, variables: Variables | undefined, answer: GraphqlAnswer): Error {
  return new Error(
    [
      reason,
      `document: ${document.trim()}`,
      `variables: ${JSON.stringify(variables ?? {})}`,
      `status: ${answer.status}`,
      `request id: ${answer.requestId}`,
      `answer: ${answer.text}`,
    ].join('\n'),
  );
}

/**
 * A client for the server at `url`.
 *
 * @param url of the server, without `/graphql`
 * @param options.token the access token
 * @param options.headers further headers
 */
export function createGraphqlClient(
  url: string,
  options: { readonly token?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): GraphqlClient {
  async function ask(document: string, variables: Variables = {}): Promise<GraphqlAnswer> {
    const authorization = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...authorization, ...options.headers },
      body: JSON.stringify({ query: document, variables }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, requestId: response.headers.get('x-request-id'), text, body: parseBody(text) };
  }

  return {
    ask,
    async request(document, variables) {
      const answer = await ask(document, variables);
      const { data, errors } = answer.body ?? {};
      if (errors !== undefined || data === undefined || data === null) throw evidence('The operation failed.', document, variables, answer);
      return data;
    },
    async expectErrors(document, variables) {
      const answer = await ask(document, variables);
      if (answer.body?.errors === undefined) throw evidence('The operation was expected to fail.', document, variables, answer);
      return answer.body.errors;
    },
  };
}
