import { beginningTabs } from './beginning.ts';
import { changeTabs } from './changes.ts';
import { knowledgeTabs } from './knowledge.ts';
import { mediaTabs } from './media.ts';
import { personaTabs } from './personas.ts';
import { planningTabs } from './planning.ts';
import { roomTabs } from './rooms.ts';
import type { SampleTab } from './sample-tab.ts';
import { talkingTabs } from './talking.ts';
import { workspaceTabs } from './workspaces.ts';

/** The tabs that GraphiQL opens with, in order. */
export const sampleTabs: readonly SampleTab[] = [
  ...beginningTabs,
  ...talkingTabs,
  ...planningTabs,
  ...roomTabs,
  ...workspaceTabs,
  ...personaTabs,
  ...knowledgeTabs,
  ...mediaTabs,
  ...changeTabs,
];
