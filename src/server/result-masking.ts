import type { ExecutionResult, GraphQLError } from 'graphql';
import type { ErrorMask, FailedOperation } from './error-masking.ts';

interface Piece {
  readonly errors?: readonly GraphQLError[];
}

/** A result, or a piece of one: `incremental` and `completed` are those of `@defer` and `@stream`, and errors can hide in them too. */
export interface Result extends ExecutionResult {
  readonly incremental?: readonly Result[];
  readonly completed?: readonly Piece[];
}

/** A result with every error in it masked; the same object when there is none. */
export function maskResult<R extends Result>(result: R, mask: ErrorMask, operation: FailedOperation): R {
  const { errors, incremental, completed } = result;
  if (errors === undefined && incremental === undefined && completed === undefined) return result;
  const maskPiece = <P extends Piece>(piece: P): P => (piece.errors === undefined ? piece : { ...piece, errors: mask(piece.errors, operation) });
  return {
    ...result,
    ...(errors && { errors: mask(errors, operation) }),
    ...(incremental && { incremental: incremental.map(maskPiece) }),
    ...(completed && { completed: completed.map(maskPiece) }),
  };
}
