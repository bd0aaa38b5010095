/** A column of a table of somebody's own data. */
export interface PersonalColumn {
  readonly name: string;
  /** Its type in DuckDB. */
  readonly type: 'VARCHAR' | 'DATE' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN';
  /** What stands in it, for people and engines. */
  readonly description: string;
}

/**
 * The tables that are made of rows of the database, in their order; the table of weeks is made of them. That of items is not called `items`: whoever
 * says "completed items per week" means the column of the weeks.
 */
export const personalTableNames = ['goals', 'plan_items', 'moods', 'usage', 'conversations'] as const;

/** One of `personalTableNames`. */
export type PersonalTableName = (typeof personalTableNames)[number];

const column = (name: string, type: PersonalColumn['type'], description: string): PersonalColumn => ({ name, type, description });
const week = column('week', 'DATE', 'The first day of its week, as the person counts weeks.');

/** What each of the tables has. */
export const personalColumns: Readonly<Record<PersonalTableName, readonly PersonalColumn[]>> = {
  goals: [
    column('goal_id', 'VARCHAR', 'Names the goal.'),
    column('title', 'VARCHAR', 'What the goal is called.'),
    column('part_of', 'VARCHAR', 'The goal_id of the larger goal that it is a part of.'),
    column('horizon', 'VARCHAR', 'How far away it is: SHORT is weeks, MEDIUM months, LONG years.'),
    column('status', 'VARCHAR', 'ACTIVE, COMPLETED, PAUSED or CANCELLED.'),
    column('priority', 'VARCHAR', 'LOW, MEDIUM, HIGH or URGENT.'),
    column('target_date', 'DATE', 'The day by which it is to be reached.'),
    column('created_on', 'DATE', 'The day on which it was made.'),
    column('completed_on', 'DATE', 'The day on which it was reached.'),
  ],
  plan_items: [
    column('item_id', 'VARCHAR', 'Names the item.'),
    column('title', 'VARCHAR', 'What was to be done.'),
    column('status', 'VARCHAR', 'TODO, IN_PROGRESS, DONE or SKIPPED.'),
    column('priority', 'VARCHAR', 'LOW, MEDIUM, HIGH or URGENT.'),
    column('planned_on', 'DATE', 'The day that it stands on; empty for one of a whole week or of no plan.'),
    { ...week, description: 'The first day of the week that it is planned for, as the person counts weeks.' },
    column('completed_on', 'DATE', 'The day on which it was done.'),
    column('created_on', 'DATE', 'The day on which it was written down.'),
    column('goal_id', 'VARCHAR', 'The goal that it brings closer.'),
    column('estimate_minutes', 'INTEGER', 'How many minutes it should take.'),
    column('actual_minutes', 'INTEGER', 'How many minutes it took.'),
    column('times_carried', 'INTEGER', 'How often it was carried on to another day.'),
    column('is_recurring', 'BOOLEAN', 'Whether a recurrence made it.'),
    column('is_handed_on', 'BOOLEAN', 'Whether it is unfinished and a copy of it was carried on: leave it out where nothing may count twice.'),
  ],
  moods: [
    column('written_on', 'DATE', 'The day on which the person wrote the message.'),
    week,
    column('mood', 'DOUBLE', 'The mood of the message, from -1, bad, to 1, good.'),
    column('strength', 'DOUBLE', 'How much feeling there is in it, whichever way.'),
    column('label', 'VARCHAR', 'POSITIVE, NEGATIVE, NEUTRAL or MIXED.'),
    column('emotion', 'VARCHAR', 'A name for the feeling, where there is one.'),
    column('conversation_id', 'VARCHAR', 'The conversation that it was written in.'),
  ],
  usage: [
    column('used_on', 'DATE', 'The day of the calls of models.'),
    week,
    column('provider', 'VARCHAR', 'Who runs the model.'),
    column('model', 'VARCHAR', 'The model.'),
    column('purpose', 'VARCHAR', 'What it was called for: ANSWER, TITLE, SENTIMENT, SUMMARY, PLOT_EDIT or MODERATION.'),
    column('calls', 'INTEGER', 'How many calls there were.'),
    column('input_tokens', 'BIGINT', 'Tokens read.'),
    column('output_tokens', 'BIGINT', 'Tokens written.'),
    column('cost_usd', 'DOUBLE', 'What they cost in US dollars, as far as prices are known.'),
  ],
  conversations: [
    column('conversation_id', 'VARCHAR', 'Names the conversation.'),
    column('title', 'VARCHAR', 'What it is called.'),
    column('begun_on', 'DATE', 'The day on which it was begun.'),
    column('last_active_on', 'DATE', 'The day on which something last happened in it.'),
    column('own_messages', 'INTEGER', 'How many messages the person wrote in it.'),
    column('answers', 'INTEGER', 'How many answers there are in it.'),
    column('is_about_data', 'BOOLEAN', 'Whether it belongs to a data session.'),
  ],
};

/** What the table of weeks has. */
export const weekColumns: readonly PersonalColumn[] = [
  column('week', 'DATE', 'The first day of the week, as the person counts weeks.'),
  column('completed_items', 'INTEGER', 'How many items were done in the week, by the day on which they were done.'),
  column('planned_items', 'INTEGER', 'How many items stand in the week and its days.'),
  column('skipped_items', 'INTEGER', 'How many of the planned items were skipped.'),
  column('open_items', 'INTEGER', 'How many of the planned items are neither done nor skipped.'),
  column('estimated_minutes', 'INTEGER', 'What the planned items were thought to take.'),
  column('minutes_spent', 'INTEGER', 'How many minutes the planned items took.'),
  column('mood', 'DOUBLE', 'The average mood of the messages that the person wrote in the week, from -1 to 1.'),
  column('judged_messages', 'INTEGER', 'How many messages the mood rests on.'),
  column('model_calls', 'INTEGER', 'How many calls of models there were.'),
  column('cost_usd', 'DOUBLE', 'What they cost in US dollars, as far as prices are known.'),
];

/** The columns as the result of a SELECT: cast to their types. */
const cast = (columns: readonly PersonalColumn[]): string => columns.map(({ name, type }) => `CAST("${name}" AS ${type}) AS "${name}"`).join(', ');

/** The first day of the week of a day, in DuckDB. */
const weekOf = (day: string, firstDayOfWeek: number): string => `${day} - CAST((isodow(${day}) - ${firstDayOfWeek} + 7) % 7 AS INTEGER)`;

/**
 * The SELECT that makes the table of weeks of the others. Weeks that lie ahead are left out.
 *
 * @param thisWeek the first day of the present week
 */
export const weeksSql = (firstDayOfWeek: number, thisWeek: string): string => `
  WITH done AS (SELECT ${weekOf('completed_on', firstDayOfWeek)} AS week, count(*) AS completed_items FROM plan_items WHERE completed_on IS NOT NULL AND status = 'DONE' GROUP BY 1),
  planned AS (
    SELECT week, count(*) AS planned_items, count(*) FILTER (WHERE status = 'SKIPPED') AS skipped_items,
      count(*) FILTER (WHERE status IN ('TODO', 'IN_PROGRESS')) AS open_items, sum(estimate_minutes) FILTER (WHERE status <> 'SKIPPED') AS estimated_minutes,
      sum(actual_minutes) AS minutes_spent
    FROM plan_items WHERE week IS NOT NULL AND NOT is_handed_on GROUP BY week
  ),
  felt AS (SELECT week, avg(mood) AS mood, count(*) AS judged_messages FROM moods GROUP BY week),
  used AS (SELECT week, sum(calls) AS model_calls, sum(cost_usd) AS cost_usd FROM usage GROUP BY week),
  all_weeks AS (SELECT week FROM done UNION SELECT week FROM planned UNION SELECT week FROM felt UNION SELECT week FROM used),
  joined AS (
    SELECT a.week, coalesce(completed_items, 0) AS completed_items, coalesce(planned_items, 0) AS planned_items, coalesce(skipped_items, 0) AS skipped_items,
      coalesce(open_items, 0) AS open_items, coalesce(estimated_minutes, 0) AS estimated_minutes, coalesce(minutes_spent, 0) AS minutes_spent, mood,
      coalesce(judged_messages, 0) AS judged_messages, coalesce(model_calls, 0) AS model_calls, coalesce(cost_usd, 0) AS cost_usd
    FROM all_weeks a LEFT JOIN done USING (week) LEFT JOIN planned USING (week) LEFT JOIN felt USING (week) LEFT JOIN used USING (week)
    WHERE a.week <= DATE '${thisWeek}'
  )
  SELECT ${cast(weekColumns)} FROM joined ORDER BY week`;
