import { createGraphqlClient, type GraphqlClient } from './graphql-client.ts';

let last = 0;

/** Registers somebody new at a server, and gives a token. */
export async function registerAt(url: string): Promise<{ readonly token: string; readonly client: GraphqlClient }> {
  last += 1;
  const email = `person${last}-${process.pid}-${Date.now()}@example.org`;
  const { register } = await createGraphqlClient(url).request(
    'mutation ($email: String!) { register(input: { email: $email, password: "correct horse battery" }) { accessToken } }',
    { email },
  );
  return { token: register.accessToken, client: createGraphqlClient(url, { token: register.accessToken }) };
}
