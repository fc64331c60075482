import type { Shape } from "../shape";
import type { calendar as zh } from "../zh-CN/calendar";

export const calendar: Shape<typeof zh> = {
  none: "{{object}} have no calendar",
  today: "Today",
  previous: "Earlier",
  next: "Later",
  mode: "Shown as",
  modes: { month: "Month", week: "Week", day: "Day", agenda: "Agenda" },
  whose: "Whose records",
  mine: "Mine",
  team: "Team",
  person: "A person",
  allDay: "All day",
  more: "{{n}} more",
  moved: "Time changed",
  legend: "Colours: {{field}}",
  filtered: "The filter of the list is applied",
  truncated: "Too many records to show them all. Narrow the range, or look at one person.",
  dayOff: "Off",
  worked: "Work",
  covered: { busy: "busy", tentative: "tentative", away: "away" },
  beside: {
    title: "Shown beside",
    add: "Colleague, team or room",
    remove: "Show {{name}} no longer",
    hint: "You see what you may see; of the rest only that they are busy.",
    placeholder: "A name, a team or a room",
    most: "At most {{n}} at once",
  },
  emptyTitle: "Nothing in this time",
  emptyText: "Look at another time, or make something new.",
};
