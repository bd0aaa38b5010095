import DataLoader from 'dataloader';
import type { Viewer } from '../auth/viewer.ts';
import type { ConversationMood, JudgedMessage } from '../base/sentiment.ts';
import { notFound } from '../base/errors.ts';
import type { Services } from '../services/services.ts';
import type { Timeline, TimelineInput } from '../services/sentiment/timeline.ts';
import { loaderOf } from './batch.ts';

/** A timeline of a conversation. */
interface TimelineKey {
  readonly id: string;
  readonly input: TimelineInput;
}

/** The batches of sentiment. */
export function createSentimentLoaders({ sentiments }: Services, viewer: Viewer | null) {
  return {
    sentiment: loaderOf<JudgedMessage>((ids) => sentiments.ofMessages(viewer, ids)),
    mood: loaderOf<ConversationMood>((ids) => sentiments.moods(viewer, ids)),
    /** One load for all conversations that ask for the same range and interval. */
    sentimentTimeline: new DataLoader<TimelineKey, Timeline>(
      async (keys) => {
        const groups = Map.groupBy(keys, ({ input }) => JSON.stringify(input));
        const loaded = new Map(
          await Promise.all(
            [...groups].map(
              async ([key, [first, ...others]]) =>
                [
                  key,
                  first === undefined
                    ? new Map<string, Timeline>()
                    : await sentiments.timelines(
                        viewer,
                        [first, ...others].map(({ id }) => id),
                        first.input,
                      ),
                ] as const,
            ),
          ),
        );
        return keys.map(({ id, input }) => loaded.get(JSON.stringify(input))?.get(id) ?? notFound('Conversation'));
      },
      { cache: false },
    ),
  };
}
