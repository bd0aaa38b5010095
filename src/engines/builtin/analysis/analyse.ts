import { readTable, type Table } from '../column.ts';
import { describeData, say, type Script } from '../script.ts';
import { starterQuestions } from '../question/catalogue.ts';
import { count, counted, named } from '../words.ts';
import { findAssociations } from './associations.ts';
import { findCategories } from './categories.ts';
import { tellColumns } from './columns.ts';
import { findCorrelations } from './correlations.ts';
import { findDifferences } from './differences.ts';
import { findDistributions } from './distribution.ts';
import { findFutureDates } from './future.ts';
import { findDuplicates } from './duplicates.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { gatherFacts } from './gather.ts';
import { findMissing } from './missing.ts';
import { findOutliers } from './outliers.ts';
import { describeJoins, describeTables, mainTable, tellOverview } from './overview.ts';
import { findSeasons } from './season.ts';
import { findTrends } from './trend.ts';

/** How many plots an analysis shows at most: more, and none is looked at. */
const mostPlots = 8;

/** Explores the data and tells what is interesting, one finding after the other. */
export function* analyseData(): Script {
  const description = yield* describeData();
  if (description === null) return yield* say('The data could not be read just now. Please try again.');
  const tables = description.tables.map(readTable);
  const table = mainTable(tables);
  if (table === null) return yield* say('There is no table in this session yet. Upload a CSV or Parquet file, and ask again.');
  if (tables.length > 1) {
    yield* say(`### The tables\n\nThere are ${count(tables.length)} tables.\n\n${describeTables(tables)}${describeJoins(tables)}`);
  }
  if (tables.length > 1) yield* say(`I look closer at ${named(table.name)}, which has most to tell.\n\n`);
  return yield* analyseTable(table, tables.length === 1);
}

function* analyseTable(table: Table, isOnly: boolean): Script {
  if (table.rowCount === 0 || table.columns.length === 0) {
    return yield* say(
      `${named(table.name)} is empty: it has ${counted(table.columns.length, 'column')} and no rows, so there is nothing to analyse. Upload a file with rows, and ask again.`,
    );
  }
  const facts = yield* gatherFacts(table);
  yield* tellOverview(facts, isOnly);
  yield* tellColumns(facts);
  const headlines: string[] = [];
  for (const finding of chooseFindings(facts)) {
    yield* say(`### ${finding.heading}\n\n`);
    const headline = yield* finding.tell();
    if (headline !== null) headlines.push(headline);
  }
  const summary = list('In short', headlines.slice(0, 6));
  return yield* say(`${summary}${list('You could ask next', starterQuestions(table, facts.times))}`);
}

/** A heading with a list under it; empty without items. */
function list(heading: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `### ${heading}\n\n${items.map((item) => `- ${item}\n`).join('')}\n`;
}

/**
 * What is wrong with the data first, since it colours all the rest; then the best finding of each kind, and then more of the best, as long
 * as plots are left; told in the order of interest.
 */
function chooseFindings(facts: Facts): readonly Finding[] {
  const quality = [...findMissing(facts.table), ...findDuplicates(facts), ...findFutureDates(facts)];
  const kinds = [findTrends, findSeasons, findDifferences, findCorrelations, findDistributions, findCategories, findAssociations, findOutliers].map((find) =>
    byScore(find(facts)),
  );
  let plotsLeft = mostPlots - quality.reduce((sum, finding) => sum + finding.plots, 0);
  const chosen: Finding[] = [];
  for (const finding of [...byScore(kinds.flatMap((findings) => findings.slice(0, 1))), ...byScore(kinds.flatMap((findings) => findings.slice(1, 3)))]) {
    if (finding.plots > plotsLeft) continue;
    plotsLeft -= finding.plots;
    chosen.push(finding);
  }
  return [...quality, ...byScore(chosen)];
}

function byScore(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((left, right) => right.score - left.score);
}
