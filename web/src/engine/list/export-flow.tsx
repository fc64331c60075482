import { Input } from "antd";
import type { useAppProps } from "antd/es/app/context";
import type { TFunction } from "i18next";
import { apiUrl } from "@/api/client";
import { ApiError } from "@/api/errors";
import { beginExport, type ExportFormat, exportTerms, saveFrom } from "@/api/exports";
import type { ObjectMeta } from "@/api/types";
import type { Formats } from "@/i18n/formats";
import { askToLeave } from "@/ui/leave-guard";
import { fieldsParameter, type GridColumn } from "./columns";
import { followExport } from "./export-follow";

export type { ExportFormat };

export interface Exported {
  filter?: string | undefined;
  /** What was searched for. */
  q?: string | undefined;
  /** Only these records. */
  ids?: string[] | undefined;
  sort?: string | undefined;
  format: ExportFormat;
}

export interface Surroundings {
  object: ObjectMeta;
  columns: GridColumn[];
  t: TFunction;
  formats: Formats;
  app: useAppProps;
  errorText: (error: unknown) => string;
  /** Opens the list of one's exports. */
  openExports: () => void;
}

/** Ids go into the address of a download, which has room for about this many; more are asked for in a body. */
const IN_ADDRESS = 150;

const quoted = (ids: string[]) => `id in [${ids.map((id) => `"${id}"`).join(", ")}]`;

/** Starts a download; the browser streams it to disk, whatever its size. */
function download({ object, columns }: Surroundings, { ids, ...what }: Exported, reason?: string): void {
  const fields = fieldsParameter(object, columns);
  const filter = ids ? quoted(ids) : what.filter;
  saveFrom(apiUrl(`/records/${object.name}/export`, { ...what, filter, fields, reason }));
}

/** Has the file made by the server while one goes on working. */
async function meanwhile(around: Surroundings, what: Exported, reason?: string): Promise<void> {
  const { object, columns } = around;
  const fields = fieldsParameter(object, columns);
  const begun = await beginExport({ ...what, object: object.name, fields: fields.split(","), reason: reason ?? null });
  followExport(around, begun);
}

/** Asks why so much is taken out, and goes on with it. */
function askWhy({ t, app }: Surroundings, n: string, go: (reason: string) => void): void {
  let reason = "";
  const dialog = app.modal.confirm({
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
          // Such a dialog is gone before it could ask: with something typed in it, Escape does nothing.
          dialog.update({ keyboard: reason === "" });
        }}
      />
    ),
    okText: t("list.export"),
    onCancel: (close: () => void) => {
      if (!reason) close();
      else void askToLeave(app.modal, t, "lost").then((leaves) => leaves && close());
    },
    // Taking `close` keeps the dialog open until it is called.
    onOk: (close: () => void) => {
      if (!reason) {
        void app.message.warning(t("list.exportReasonNeeded"));
        return;
      }
      go(reason);
      close();
    },
  });
}

const wantsReason = (error: unknown): boolean =>
  error instanceof ApiError && error.fieldErrors.some(({ field, code }) => field === "reason" && code === "required");

/** Rows that were ticked, so many that their ids do not fit into an address: the server says whether a reason is needed. */
async function exportChosen(around: Surroundings, what: Exported, n: string): Promise<void> {
  const { app, errorText } = around;
  const failed = (error: unknown) => void app.message.error(errorText(error));
  await meanwhile(around, what).catch((error: unknown) => {
    if (!wantsReason(error)) failed(error);
    else askWhy(around, n, (reason) => void meanwhile(around, what, reason).catch(failed));
  });
}

/** Exports what a list shows, once the server has said how much may be taken out and whether to say why. */
export async function startExport(around: Surroundings, what: Exported): Promise<void> {
  const { object, t, formats, app, errorText } = around;
  const failed = (error: unknown) => void app.message.error(errorText(error));
  const { ids } = what;
  if (ids && ids.length > IN_ADDRESS) {
    await exportChosen(around, what, formats.number(ids.length));
    return;
  }
  const filter = ids ? quoted(ids) : what.filter;
  const query = { ...(filter ? { filter } : {}), ...(what.q ? { q: what.q } : {}) };
  const terms = await exportTerms(object.name, query).catch((error: unknown) => {
    failed(error);
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
  const go = (reason?: string) => {
    if (terms.records > terms.background_above) void meanwhile(around, what, reason).catch(failed);
    else download(around, what, reason);
  };
  if (terms.reason_needed) askWhy(around, n, go);
  else go();
}
