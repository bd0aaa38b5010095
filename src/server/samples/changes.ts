import { variablesOf, type SampleTab } from './sample-tab.ts';

/** All that changes. */
export const changeTabs: readonly SampleTab[] = [
  {
    query: `# 28. Keep a screen fresh: all of yours that changes.
#     Play it, then change something in another tab or window.
#     A "node" that is null is gone.
subscription Changes($after: String) {
  changes(after: $after) {
    cursor
    isReset
    changes {
      id
      node {
        __typename
        ... on Conversation { topic: title unreadCount }
        ... on PlanItem { title status }
        ... on Goal { title progress { ratio } }
        ... on Workspace { name viewerRole }
        ... on Persona { name isMine }
        ... on Invitation { role inviterName }
      }
    }
  }
}
`,
    variables: variablesOf({ after: null }),
  },
];
