import { useNavigate } from "@tanstack/react-router";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { activateLateTexts } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { loadPart } from "@/ui/lazy-part";
import type { GridColumn } from "./columns";
import type { Exported } from "./export-flow";

/** Exports what a list shows, or some of it. What it takes is loaded when it is first asked for. */
export function useExport(object: ObjectMeta, columns: GridColumn[]): (what: Exported) => Promise<void> {
  const { t } = useTranslation();
  const formats = useFormats();
  const app = App.useApp();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const openExports = () => void navigate({ to: "/profile/exports" });
  return async (what) => {
    const [{ startExport }] = await Promise.all([loadPart(() => import("./export-flow")), activateLateTexts()]);
    await startExport({ object, columns, t, formats, app, errorText, openExports }, what);
  };
}
