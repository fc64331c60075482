import type { Shape } from "../shape";
import type { targets as zhCN } from "../zh-CN/targets";

export const targets: Shape<typeof zhCN> = {
  title: "Targets and forecast",
  list: "List of targets",
  noneText: "You may not see sales targets yet.",
  add: "New target",
  empty: "There are no targets for this period yet",
  emptyText:
    "Set one for a department or a member to see here what is reached and to be expected. Or try another period.",
  emptyReadOnly: "Once a manager sets targets, what is reached and to be expected stands here. Or try another period.",
  help: "Won by when the deal was won; commit, weighted and open are of deals expected to close in the period, without those of the forecast category Omitted; weighted = amount × probability; gap = target − won. Amounts are in the company's own currency by its rates. Only deals you may see count.",
  more: "There are too many targets or members: only a part of them is told here.",
  members: "Members of {{name}}",
  above: "{{by}} above",
  undated: "{{n}} without an expected close",
  unrated: "{{n}} in a currency without a rate, not counted",
  partial: "There are deals you do not see",
  bar: "{{reached}} reached, {{expected}} expected",
  expected: "{{expected}} expected",
  columns: {
    name: "Target",
    wanted: "To reach",
    won: "Won",
    commit: "Commit",
    weighted: "Weighted",
    open: "Open",
    gap: "Gap",
    percent: "Attainment",
  },
  periods: {
    last_month: "Last month",
    month: "This month",
    next_month: "Next month",
    last_quarter: "Last quarter",
    quarter: "This quarter",
    next_quarter: "Next quarter",
    last_year: "Last year",
    year: "This year",
    next_year: "Next year",
  },
};
