/** Counts failed calls of tools, so that an engine tries once more and not for ever. */
export interface FailedCalls {
  /** The answer to a call that is not made any more; null while it may be made. */
  refusalOf(toolName: string): string | null;
  /** The answer to a failed call, with what the engine shall do about it. */
  told(toolName: string, content: string): string;
  /** Ends a step: a tool all of whose calls failed in two steps in a row is not called again. */
  endStep(calls: readonly { readonly toolName: string; readonly isError: boolean }[]): void;
}

const mostFailures = 2;

/** A counter for one run. */
export function createFailedCalls(): FailedCalls {
  const failures = new Map<string, number>();
  const countOf = (toolName: string): number => failures.get(toolName) ?? 0;
  return {
    refusalOf: (toolName) =>
      countOf(toolName) < mostFailures
        ? null
        : `No further attempt is made: "${toolName}" has failed ${mostFailures} times in a row. Say honestly what you could not do, and answer from what you have.`,
    told: (toolName, content) =>
      countOf(toolName) + 1 < mostFailures
        ? `${content}\n\nMend the call and try once more; if that fails too, say what you could not do.`
        : `${content}\n\nThis was the second failure in a row: no further attempt is made. Say honestly what you could not do, and answer from what you have.`,
    endStep: (calls) => {
      for (const [toolName, own] of Map.groupBy(calls, (call) => call.toolName))
        failures.set(toolName, own.every((call) => call.isError) ? countOf(toolName) + 1 : 0);
    },
  };
}
