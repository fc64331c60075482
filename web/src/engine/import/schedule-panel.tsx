import { CaretRightOutlined, LinkOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { connectSchedule, runSchedule } from "@/api/imports";
import { queryKeys } from "@/api/query-keys";
import { useErrorText } from "@/ui/error-text";
import type { RecordPanelProps } from "../record/record-panels";
import { ImportList } from "./import-list";
import "./import.css";

/** What a scheduled import brought so far, run by run; it can be run now, and is told how to reach its database. */
export function SchedulePanel({ object, record, editable }: RecordPanelProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [address, setAddress] = useState("");
  const [busy, setBusy] = useState("");
  const attempt = async (what: string, work: () => Promise<unknown>, done: string) => {
    setBusy(what);
    try {
      await work();
      void message.success(done);
      setAddress("");
      void queryClient.invalidateQueries({ queryKey: queryKeys.record(object.name, record.id) });
      void queryClient.invalidateQueries({ queryKey: queryKeys.importsOf() });
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy("");
    }
  };
  const connect = () =>
    attempt("connect", () => connectSchedule(record.id, address.trim()), t("imports.connectionSet"));
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
          {record.source === "query" ? (
            <>
              <Input.Password
                value={address}
                onChange={(event) => setAddress(event.target.value)}
                placeholder={t("imports.connection")}
                aria-label={t("imports.connection")}
                autoComplete="off"
              />
              <Button
                icon={<LinkOutlined />}
                loading={busy === "connect"}
                disabled={address.trim() === ""}
                onClick={() => void connect()}
              >
                {t("imports.setConnection")}
              </Button>
            </>
          ) : null}
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
