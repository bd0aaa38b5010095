import { variablesOf, type SampleTab } from './sample-tab.ts';

/** Goals, weeks and days. */
export const planningTabs: readonly SampleTab[] = [
  {
    query: `# 13. Plan a week. Days are those of your time zone.
mutation Settle {
  updatePlannerSettings(input: { timeZone: "Europe/Berlin", firstDayOfWeek: MONDAY }) {
    plannerSettings { timeZone today capacityMinutes }
  }
}

mutation CreateGoal {
  createGoal(input: { title: "Speak Italian", horizon: LONG, priority: HIGH }) {
    goal { id title }
  }
}

mutation PlanWeek($goalId: ID!) {
  saveWeeklyPlan(input: { focusAreas: ["Verbs", "Rest"], status: ACTIVE }) {
    weeklyPlan { id weekStart focusAreas }
  }
  changePlanItems(input: { changes: [
    { create: { title: "Learn ten verbs", date: "2026-11-30", goalId: $goalId, estimateMinutes: 30 } }
    { create: { title: "Listen to a song", week: "2026-11-30", goalId: $goalId } }
  ] }) {
    planItems { id title date weekStart }
  }
}

query Week {
  weeklyPlan {
    weekStart
    summary
    items { edges { node { id title status } } }
    dailyPlans { date items { edges { node { id title status startTime goal { title } } } } }
  }
  planItems(filter: { isOverdue: true }, orderBy: { field: DATE }) {
    edges { node { id title date priority } }
  }
}

mutation Move($id: ID!, $before: ID!) {
  movePlanItem(input: { id: $id, before: $before }) {
    planItem { id date }
  }
}
`,
    variables: variablesOf({ goalId: '<id of the goal>', id: '<id of an item>', before: '<id of another item>' }),
  },
  {
    query: `# 14. Look back: how far the goals are, how the week
#     went, and how steadily you work.
query Review {
  weekReview {
    from
    to
    progress { total done skipped ratio estimatedMinutes actualMinutes }
    open { count items(first: 10) { title } }
    carried(first: 10) { item { title } from to count }
    goals(first: 10) { goal { title } items { done total } }
    days { date items { done total } }
  }
  goals(first: 10, filter: { status: [ACTIVE] }) {
    edges { node { title progress { ratio whole { done total } } } }
  }
  timeSpent(groupBy: GOAL) {
    minutes
    rows { goal { title } minutes }
  }
  viewer {
    planningStreaks { someDone { current { length } longest { length from to } } }
  }
}

# Your own data as tables, to ask about like about others.
mutation MyData {
  createPersonalSession(input: {}) {
    session { id conversation { id } tables { tableName rowCount } }
  }
}

mutation AskMyData($conversationId: ID!) {
  sendMessage(input: {
    conversationId: $conversationId
    text: "Plot my mood against completed items per week"
  }) {
    run { id status }
  }
}
`,
    variables: variablesOf({ conversationId: '<id of the conversation>' }),
  },
  {
    query: `# 15. What recurs, what is carried on, and your calendar program.
mutation Repeat {
  createPlanItem(input: {
    title: "Swim", startTime: "07:30", estimateMinutes: 45
    recurrence: { rule: "FREQ=WEEKLY;BYDAY=MO,TH" }
  }) {
    planItem { id date recurrence { id text next(first: 4) } }
  }
}

mutation FromNowOn($id: ID!) {
  updatePlanItem(input: { id: $id, startTime: "18:00", scope: FUTURE }) {
    planItem { id startTime recurrence { id text } }
    others { id date startTime }
  }
}

mutation CarryOn {
  rolloverItems(input: { from: "2026-11-30", to: "2026-12-01", policy: MOVE }) {
    planItems { id title date carriedCount originDate }
    leftPlanItems { id title date }
  }
}

mutation EveryNight {
  updatePlannerSettings(input: { rollover: MOVE }) {
    plannerSettings { rollover }
  }
}

mutation Calendar {
  createCalendarFeed(input: { name: "Phone" }) {
    calendarFeed { id name }
    url
  }
}

mutation Stop($recurrenceId: ID!) {
  stopRecurrence(input: { id: $recurrenceId }) {
    recurrence { rule text }
    deletedPlanItemIds
  }
}
`,
    variables: variablesOf({ id: '<id of an item of a series>', recurrenceId: '<id of a series>' }),
  },
  {
    query: `# 16. Have an assistant propose changes of a week,
#    watch its run in tab 5, and decide. Nothing is changed
#    before you apply it, and all of it can be undone.
mutation PlanMyWeek($weeklyPlanId: ID!) {
  sendMessage(input: { contextId: $weeklyPlanId, text: "Plan my week" }) {
    run { id conversation { id contextPreview { tokens text } } }
  }
}

query Proposals {
  planProposals(status: [PENDING], first: 5) {
    edges { node {
      id
      summary
      operations {
        index kind reason status
        ... on GoalOperation { goalAfter: after { title } }
        ... on PlanItemOperation { before { title date } after { title date estimateMinutes } }
        ... on WeeklyPlanOperation { weekAfter: after { focusAreas summary } }
      }
    } }
  }
}

mutation ApplySome($id: ID!) {
  applyProposal(input: { id: $id, operations: [0] }) {
    proposal { status operations { index status } }
    planItems { id title date }
  }
}

mutation Undo($id: ID!) {
  undoProposal(input: { id: $id }) {
    proposal { status }
    deletedPlanItemIds
  }
}

mutation Dismiss($id: ID!) {
  dismissProposal(input: { id: $id }) { proposal { status } }
}
`,
    variables: variablesOf({ weeklyPlanId: '<id of a weekly plan>', id: '<id of a proposal>' }),
  },
];
