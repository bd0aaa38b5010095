import type { Protection } from './protection.ts';

const feed = 'tests/events/change-feed.test.ts';
const file = 'src/events/change-feed.ts';

/** Those of the cases C01 to C03: what changes for people. */
export const changeProtections: readonly Protection[] = [
  {
    id: 'C01',
    what: 'telling those alone who may see a thing',
    file: 'prisma/migrations/20261129192200_changes/migration.sql',
    find: 'WHERE u.id = ANY(people) ORDER BY u.id',
    replace: 'WHERE people IS NOT NULL ORDER BY u.id',
    test: feed,
    title: 'C01 is told of when it is made',
  },
  {
    id: 'C01',
    what: 'reading things as whoever follows',
    file: 'src/schema/change.ts',
    find: 'const row = await load(loaders, id);',
    replace: 'const row = (await load(loaders, id)) ?? { id };',
    test: 'tests/server/changes.test.ts',
    title: 'C01 tell somebody of another person’s thing',
  },
  {
    id: 'C02',
    what: 'staying behind transactions that are not over',
    file,
    find: 'const covered = isCutOff ? last.transaction : oldest;',
    replace: 'const covered = last === undefined ? oldest : last.transaction + 1n;',
    test: feed,
    title: 'C02 leaves nothing out',
  },
  {
    id: 'C03',
    what: 'saying that something may be missing',
    file,
    find: 'const isReset = position !== null && (position.transaction > next || at.getTime() - position.at.getTime() > keptDays * 86_400_000);',
    replace: 'const isReset = false;',
    test: feed,
    title: 'C03 says when it cannot know everything',
  },
];
