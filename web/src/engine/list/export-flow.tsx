import { Input } from "antd";
import type { useAppProps } from "antd/es/app/context";
import type { TFunction } from "i18next";
import { apiUrl } from "@/api/client";
import { exportTerms } from "@/api/records";
import type { ObjectMeta } from "@/api/types";
import type { Formats } from "@/i18n/formats";
import { fieldsParameter, type GridColumn } from "./columns";

export type ExportFormat = "csv" | "xlsx";

export interface Exported {
  filter?: string | undefined;
  sort?: string | undefined;
  format: ExportFormat;
}

interface Surroundings {
  object: ObjectMeta;
  columns: GridColumn[];
  t: TFunction;
  formats: Formats;
  app: useAppProps;
  errorText: (error: unknown) => string;
}

/** Starts a download; the browser streams it to disk, whatever its size. */
function download({ object, columns }: Surroundings, what: Exported & { reason?: string }): void {
  const anchor = document.createElement("a");
  anchor.href = apiUrl(`/records/${object.name}/export`, { ...what, fields: fieldsParameter(object, columns) });
  anchor.download = "";
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}

/** Exports what a filter finds, once the server has said how much may be taken out and whether to say why. */
export async function startExport(around: Surroundings, what: Exported): Promise<void> {
  const { object, t, formats, app, errorText } = around;
  const terms = await exportTerms(object.name, what.filter).catch((error: unknown) => {
    void app.message.error(errorText(error));
    return null;
  });
  if (!terms) return;
  const n = formats.number(terms.records);
  if (terms.most !== null && terms.records > terms.most) {
    void app.modal.warning({
      title: t("list.exportTooMany", { n }),
      content: t("list.exportTooManyText", { most: formats.number(terms.most) }),
    });
    return;
  }
  if (!terms.reason_needed) {
    download(around, what);
    return;
  }
  let reason = "";
  void app.modal.confirm({
    title: t("list.exportReason", { n }),
    content: (
      <Input.TextArea
        aria-label={t("list.exportWhy")}
        placeholder={t("list.exportWhy")}
        maxLength={500}
        autoSize={{ minRows: 2, maxRows: 6 }}
        autoFocus
        onChange={(event) => {
          reason = event.target.value.trim();
        }}
      />
    ),
    okText: t("list.export"),
    // Taking `close` keeps the dialog open until it is called.
    onOk: (close: () => void) => {
      if (!reason) {
        void app.message.warning(t("list.exportReasonNeeded"));
        return;
      }
      download(around, { ...what, reason });
      close();
    },
  });
}
