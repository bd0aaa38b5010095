/** A tab of GraphiQL. */
export interface SampleTab {
  readonly query: string;
  readonly variables?: string;
}

/** The variables of a tab as they are shown. */
export const variablesOf = (variables: Readonly<Record<string, unknown>>): string => JSON.stringify(variables, null, 2);
