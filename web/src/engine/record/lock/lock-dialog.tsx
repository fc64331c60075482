import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { plainField } from "@/api/plain-field";
import { queryKeys } from "@/api/query-keys";
import { lockRecord } from "@/api/record-lock";
import type { FieldValues, ObjectMeta, RecordData } from "@/api/types";
import { asReferences, asText } from "@/fields/values";
import { pickerField } from "../../picker-field";
import { InputDialog } from "../input-dialog";

interface LockDialogProps {
  object: ObjectMeta;
  record: RecordData;
  onClose: () => void;
}

/** Asks why a record is to be locked, until when, and who may change it all the same. */
export function LockDialog({ object, record, onClose }: LockDialogProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const fields = useMemo(
    () => [
      plainField("reason", "text", { "zh-CN": "锁定原因", en: "Reason" }, { required: true, max_length: 500 }),
      plainField(
        "until",
        "datetime",
        { "zh-CN": "自动解锁时间", en: "Until" },
        {
          help: { "zh-CN": "留空则锁定到有人解锁为止", en: "Empty: until somebody releases it" },
        },
      ),
      {
        ...pickerField("user", { "zh-CN": "仍可更改的成员", en: "Who may change it all the same" }, true),
        name: "except",
      },
    ],
    [],
  );
  const submit = async (values: FieldValues) => {
    const until = asText(values.until);
    const state = await lockRecord(object.name, record.id, {
      reason: asText(values.reason),
      except: asReferences(values.except).map((one) => one.id),
      ...(until ? { until } : {}),
    });
    queryClient.setQueryData(queryKeys.recordLock(object.name, record.id), state);
    void queryClient.invalidateQueries({ queryKey: queryKeys.record(object.name, record.id) });
    void message.success(t("record.lockDone"));
  };
  return (
    <InputDialog
      title={t("record.lockTitle")}
      text={t("record.lockText")}
      okText={t("record.lock")}
      object={object}
      record={record}
      fields={fields}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
