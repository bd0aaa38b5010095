import type { Belongings } from './world.ts';

/** An operation that takes ids. */
export interface AccessOperation {
  /** The root field, for example `Query.run`. */
  readonly field: string;
  readonly document: string;
  variables(ids: Belongings): Readonly<Record<string, unknown>>;
  /** What a stranger gets: an error NOT_FOUND, data in which what is not theirs is absent, or FORBIDDEN for what is for administrators. */
  readonly forStranger: 'NOT_FOUND' | 'ABSENT' | 'FORBIDDEN';
}

/** A query of one object by its id. */
export const query = (field: string, selection: string, kind: keyof Belongings): AccessOperation => ({
  field: `Query.${field}`,
  document: `query ($id: ID!) { ${field}(id: $id) { ${selection} } }`,
  variables: (ids) => ({ id: ids[kind] }),
  forStranger: 'NOT_FOUND',
});

/** A mutation. */
export const mutation = (field: string, selection: string, input: (ids: Belongings) => Readonly<Record<string, unknown>>): AccessOperation => ({
  field: `Mutation.${field}`,
  document: `mutation ($input: ${field.charAt(0).toUpperCase()}${field.slice(1)}Input!) { ${field}(input: $input) { ${selection} } }`,
  variables: (ids) => ({ input: input(ids) }),
  forStranger: 'NOT_FOUND',
});
