import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fixImportRow, restoreImportRow } from "@/api/imports";
import { useErrorText } from "@/ui/error-text";

/** Rows that are kept out of an import, and how to change that. */
export interface LeavingOut {
  left: ReadonlySet<number>;
  toggle: (row: number) => Promise<void>;
}

/** Keeps single rows out of an import, or lets them in again. */
export function useLeavingOut(id: string, onChanged: () => void): LeavingOut {
  const { message } = App.useApp();
  const errorText = useErrorText();
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const toggle = async (row: number) => {
    try {
      const stays = left.has(row);
      await (stays ? restoreImportRow(id, row) : fixImportRow(id, row, { leave_out: true }));
      setLeft((now) => new Set(stays ? [...now].filter((one) => one !== row) : [...now, row]));
      onChanged();
    } catch (error) {
      void message.error(errorText(error));
    }
  };
  return { left, toggle };
}

/** Leaves one row out, or takes it back in. */
export function LeaveOut({ row, leaving }: { row: number; leaving: LeavingOut }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const isLeft = leaving.left.has(row);
  const toggle = async () => {
    setBusy(true);
    await leaving.toggle(row);
    setBusy(false);
  };
  return (
    <Button
      type="link"
      size="small"
      loading={busy}
      onClick={() => void toggle()}
      aria-label={t(isLeft ? "imports.restoreRowOf" : "imports.leaveOutOf", { n: row })}
    >
      {t(isLeft ? "imports.takeIn" : "imports.leave")}
    </Button>
  );
}
