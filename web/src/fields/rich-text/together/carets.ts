import { Extension } from "@tiptap/core";
import { yCursorPlugin } from "@tiptap/y-tiptap";
import type { Awareness } from "y-protocols/awareness";
import type { Caret, Cursors } from "./cursors";

/** Colours of carets in the style sheet. */
const HUES = 6;

/** The same colour for a member wherever he stands. */
export function hueOf(member: string): number {
  let sum = 0;
  for (const character of member) sum = (sum * 31 + character.charCodeAt(0)) % 9_973;
  return sum % HUES;
}

/** Shows where others stand and what they have selected, with their names. */
export const Carets = Extension.create<{ cursors: Cursors | null; nameless: string }>({
  name: "carets",
  addOptions: () => ({ cursors: null, nameless: "" }),
  addProseMirrorPlugins() {
    const { cursors, nameless } = this.options;
    if (!cursors) return [];
    const caret = (user: Caret["user"]) => {
      const element = document.createElement("span");
      element.className = "gx-caret";
      element.dataset.hue = String(hueOf(user.member));
      // Before and behind it a word must not break, and there must be something to stand on.
      element.append("\u2060");
      const name = document.createElement("span");
      name.className = "gx-caret-name";
      name.textContent = user.name ?? nameless;
      element.append(name, "\u2060");
      return element;
    };
    return [
      yCursorPlugin(cursors as unknown as Awareness, {
        cursorBuilder: caret,
        selectionBuilder: (user: Caret["user"]) => ({
          class: "gx-caret-selection",
          "data-hue": String(hueOf(user.member)),
        }),
      }),
    ];
  },
});
