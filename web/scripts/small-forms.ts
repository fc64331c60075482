import type { Plugin } from "vite";

const CONTEXT = /antd\/es\/form\/context\.js$/;
const WHOLE = /from '@rc-component\/form'/;

/**
 * Ant Design's dialogs and messages, which every page has, ask its forms whether they stand inside one. Left to
 * themselves they bring all of what forms are made of along with the first screen, and what checks values; here they
 * bring only the place where such a form says that it is there.
 */
export function smallForms(): Plugin {
  return {
    name: "small-forms",
    apply: "build",
    transform: {
      filter: { id: CONTEXT },
      handler(code) {
        if (!WHOLE.test(code)) throw new Error("the context of forms has changed: see web/scripts/small-forms.ts");
        return { code: code.replace(WHOLE, "from '@rc-component/form/es/FormContext'"), map: null };
      },
    },
  };
}
