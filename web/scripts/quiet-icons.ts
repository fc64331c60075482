import type { Plugin } from "vite";

const DRAWING = /@ant-design\/icons\/es\/components\/AntdIcon(Light)?\.js$/;
const NAMED = /role: "img",\s*"aria-label": icon\.name/;

/**
 * Icons are drawn beside words. Left to themselves they say their English names ("question-circle") before these words
 * to whoever listens to the page; here only an icon that is given a name, or can be pressed itself, has one.
 */
export function quietIcons(): Plugin {
  return {
    name: "quiet-icons",
    apply: "build",
    transform: {
      filter: { id: DRAWING },
      handler(code) {
        if (!NAMED.test(code)) throw new Error("the drawing of icons has changed: see web/scripts/quiet-icons.ts");
        const named = '{ role: "img", "aria-label": icon.name }';
        return code.replace(NAMED, `...(restProps["aria-label"] || onClick ? ${named} : { "aria-hidden": true })`);
      },
    },
  };
}
