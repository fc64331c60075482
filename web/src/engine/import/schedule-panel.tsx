import { CaretRightOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { connectSchedule, runSchedule } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import { useErrorText } from "@/ui/error-text";
import type { RecordPanelProps } from "../record/record-panels";
import { ImportList } from "./import-list";
import { ScheduleConnection } from "./schedule-connection";
import "./import.css";

/** What a scheduled import brought so far, run by run; it can be run now, and is told how to reach its database. */
export function SchedulePanel({ object, record, editable }: RecordPanelProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState("");
  const attempt = async (what: string, work: () => Promise<unknown>, done: string) => {
    setBusy(what);
    try {
      await work();
      void message.success(done);
      void queryClient.invalidateQueries({ queryKey: queryKeys.record(object.name, record.id) });
      void queryClient.invalidateQueries({ queryKey: queryKeys.importsOf() });
      return true;
    } catch (error) {
      void message.error(errorText(error));
      return false;
    } finally {
      setBusy("");
    }
  };
  const connect = (address: string, certificate: string) =>
    attempt("connect", () => connectSchedule(record.id, address, certificate), t("imports.connectionSet"));
  return (
    <>
      {editable ? (
        <div className="gx-import-next gx-import-schedule">
          <Button
            icon={<CaretRightOutlined />}
            loading={busy === "run"}
            onClick={() => void attempt("run", () => runSchedule(record.id), t("imports.runBegun"))}
          >
            {t("imports.runNow")}
          </Button>
          {record.source === "query" ? <ScheduleConnection busy={busy === "connect"} onConnect={connect} /> : null}
        </div>
      ) : null}
      <ImportList
        query={{ schedule: record.id }}
        title={t("imports.scheduleRuns")}
        none={t("imports.noScheduleRuns")}
      />
    </>
  );
}
