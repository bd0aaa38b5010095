import type { Operation, OperationKind } from './operation.ts';

/** How many operations a proposal has at most that is applied without asking. */
export const mostSmallOperations = 3;

const smallKinds: readonly OperationKind[] = ['ADD_ITEM', 'CHANGE_ITEM', 'MOVE_ITEM', 'COMPLETE_ITEM', 'CHANGE_WEEK', 'CHANGE_DAY'];

/** Whether a proposal is small: at most three operations, none of them about goals, and nothing deleted. */
export function isSmall(operations: readonly Operation[]): boolean {
  return operations.length <= mostSmallOperations && operations.every(({ kind }) => smallKinds.includes(kind));
}
