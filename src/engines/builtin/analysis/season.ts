import { columnChart } from '../charts/bars.ts';
import { spacedName, unitOf } from '../column.ts';
import { monthName } from '../dates.ts';
import { present, say } from '../script.ts';
import { identifier } from '../sql.ts';
import { capital, named, number, percent } from '../words.ts';
import { aggregateName, aggregateSql } from './aggregate.ts';
import type { Facts } from './facts.ts';
import { tellFailure, type Finding } from './finding.ts';

const shortMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What the month of the year does to the measures: at most two of them. */
export function findSeasons(facts: Facts): readonly Finding[] {
  return facts.seasons
    .filter((season) => season.explained >= 0.05 && season.measure.filledCount > facts.table.rowCount * 0.5)
    .slice(0, 2)
    .map(({ time, measure, explained }, position): Finding => {
      const value = aggregateName('avg', measure);
      const moment = time.column.time?.expression ?? time.column.sql;
      const sql = `SELECT month(${moment}) AS number, strftime(any_value(${moment}), '%b') AS month, ${aggregateSql('avg', measure)} AS ${identifier(value)}, count(${measure.sql}) AS rows FROM ${facts.table.sql} WHERE ${time.column.sql} IS NOT NULL GROUP BY 1 ORDER BY 1`;
      const title = `Average ${spacedName(measure.name)} by month of the year`;
      return {
        score: 0.35 + 0.6 * explained - position * 0.2,
        plots: 1,
        heading: `${spacedName(measure.name)} through the year`,
        *tell() {
          const plot = {
            title,
            sql,
            spec: columnChart(title, { field: 'month', title: 'Month' }, { field: value, title: capital(spacedName(value)) }, shortMonths),
          };
          const result = yield* present(title, sql, plot);
          const months = (result?.rows ?? []).flatMap((row) => {
            const [month, amount] = [row.number('number'), row.number(value)];
            return month === null || amount === null ? [] : [{ month, amount }];
          });
          const [first] = months;
          if (first === undefined) return yield* tellFailure();
          const highest = months.reduce((best, month) => (month.amount > best.amount ? month : best), first);
          const lowest = months.reduce((best, month) => (month.amount < best.amount ? month : best), first);
          const headline = `On average ${named(measure.name)} is highest in ${monthName(highest.month)} (${number(highest.amount, unitOf(measure))}) and lowest in ${monthName(lowest.month)} (${number(lowest.amount, unitOf(measure))})`;
          yield* say(`${headline}. The month of the year explains ${percent(explained)} of its variation.\n\n`);
          return `${headline}.`;
        },
      };
    });
}
