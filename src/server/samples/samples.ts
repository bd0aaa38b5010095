import { beginningTabs } from './beginning.ts';
import { mediaTabs } from './media.ts';
import { planningTabs } from './planning.ts';
import type { SampleTab } from './sample-tab.ts';
import { talkingTabs } from './talking.ts';

/** The tabs that GraphiQL opens with, in order. */
export const sampleTabs: readonly SampleTab[] = [...beginningTabs, ...talkingTabs, ...planningTabs, ...mediaTabs];
