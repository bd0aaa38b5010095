import { wholeNumber } from './config-values.ts';

/** How many workspaces there may be, and how many people in one. */
export interface WorkspaceConfig {
  /** How many one person may be OWNER of. */
  readonly maxPerOwner: number;
  readonly maxMembers: number;
}

/** The variables of workspaces. */
export const workspaceVariables = {
  MAX_WORKSPACES_PER_OWNER: wholeNumber(20, 1, 1_000),
  MAX_WORKSPACE_MEMBERS: wholeNumber(500, 1, 10_000),
};

/** The part of the configuration. */
export function shapeWorkspaces(values: { readonly [Name in keyof typeof workspaceVariables]: number }): WorkspaceConfig {
  return { maxPerOwner: values.MAX_WORKSPACES_PER_OWNER, maxMembers: values.MAX_WORKSPACE_MEMBERS };
}
