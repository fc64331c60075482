import type { Shape } from "../shape";
import type { form as zh } from "../zh-CN/form";

export const form: Shape<typeof zh> = {
  newTitle: "New {{object, inside}}",
  editTitle: "Edit {{object, inside}}",
  required: "Required",
  otherFields: "Other",
  saveHint: "Ctrl + Enter saves",
  saveAnother: "Save and add another",
  problems: "To fill in or correct: {{count}}",
  restored: "Restored what was left unsaved ({{at}})",
  discardDraft: "Discard it",
  leaveTitle: "There are unsaved changes",
  leaveText: "They are kept as a draft and come back when you open this form again.",
  leaveLost: "What you have not saved is lost if you leave.",
  leave: "Leave",
  stay: "Keep editing",
  conflictTitle: "Somebody changed this record too",
  conflictText:
    "{{name}} saved changes ({{at}}). Both of you changed the fields below: choose which value stays. Everything else merges by itself.",
  somebody: "Somebody",
  mine: "Mine",
  theirs: "Theirs",
  before: "Before:",
  takeAllMine: "All mine",
  takeAllTheirs: "All theirs",
  saveMerged: "Save as chosen",
  made: "{{object}} “{{name}}” saved",
  openMade: "Open",
  mayNotCreate: "Nothing can be created here",
  mayNotCreateText: "You may not create records of this kind; ask an administrator.",
};
