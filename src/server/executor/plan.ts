import type { FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, ResponsePath } from 'graphql';
import type { Run } from './run.ts';

/** Turns what a resolver gave into what is answered; a promise where it has to wait. Throws what makes the position fail. */
export type Completer = (run: Run, value: unknown, path: ResponsePath, info: GraphQLResolveInfo) => unknown;

/** A field of an object in the answer, with all that the document and the schema say about it. */
export interface FieldPlan {
  readonly responseName: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  /** Every place of the document that asks for it; the first has the arguments. */
  readonly nodes: readonly FieldNode[];
  readonly isNonNull: boolean;
  readonly argumentsOf: (run: Run) => { readonly [argument: string]: unknown };
  readonly complete: Completer;
}

/** The fields that are asked of objects of one type, in the order of the answer. */
export interface ObjectPlan {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
}
