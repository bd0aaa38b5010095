import type { Json } from '../../../../src/base/json.ts';
import type { Outcome } from '../kit.ts';

function rounded(value: Json | undefined): Json {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && value !== '' && Number.isFinite(Number(value)));
  // Percentages are shown with one decimal, correlations with three.
  return isNumber ? Number(Number(value).toPrecision(6)) : (value ?? null);
}

function isNear(left: Json, right: Json): boolean {
  if (left === right) return true;
  return typeof left === 'number' && typeof right === 'number' && Math.abs(left - right) <= 0.0500001 && Math.abs(left) > 0.5;
}

/** The rows of the one table that was shown. */
export function tableOf(outcome: Outcome): readonly (readonly Json[])[] {
  const table = outcome.shown.find((shown) => shown.type === 'table');
  return table?.type === 'table' ? table.rows : [];
}

/** Whether each row of the table holds, in any columns, the values that SQL of its own gives for it. */
export function holds(actual: readonly (readonly Json[])[], expected: readonly (readonly Json[])[]): boolean {
  return (
    expected.length > 0 &&
    expected.every((row, index) => row.every((cell) => cell === null || (actual[index] ?? []).some((other) => isNear(rounded(other), rounded(cell)))))
  );
}
