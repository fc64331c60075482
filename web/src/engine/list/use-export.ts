import { App } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { loadPart } from "@/ui/lazy-part";
import type { GridColumn } from "./columns";
import type { Exported } from "./export-flow";

/** Exports what a filter finds. What it takes is loaded when it is first asked for. */
export function useExport(object: ObjectMeta, columns: GridColumn[]): (what: Exported) => Promise<void> {
  const { t } = useTranslation();
  const formats = useFormats();
  const app = App.useApp();
  const errorText = useErrorText();
  return async (what) => {
    const { startExport } = await loadPart(() => import("./export-flow"));
    await startExport({ object, columns, t, formats, app, errorText }, what);
  };
}
