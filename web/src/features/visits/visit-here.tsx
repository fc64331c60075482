import { EnvironmentOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createRecord } from "@/api/records";
import { findObject, useMeta } from "@/engine/meta";
import type { RecordStripProps } from "@/engine/record/record-panels";
import { titleText } from "@/fields/reference/title";
import { useErrorText } from "@/ui/error-text";
import { useIsPhone } from "@/ui/use-media";
import { ACTIVITY, CHECK_IN } from "./visit-model";
import "./visits.css";

/** On a phone at a customer's door without a visit planned: makes one, on whose page one checks in. */
export function VisitHere({ object, record }: RecordStripProps) {
  const { t } = useTranslation();
  const meta = useMeta();
  const phone = useIsPhone();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  const activity = findObject(meta, ACTIVITY);
  const offered = activity?.access.create && activity.actions.some(({ name }) => name === CHECK_IN);
  if (!phone || !offered || record.deleted_at) return null;
  const begin = async () => {
    setBusy(true);
    try {
      const subject = t("visits.subject", { name: titleText(record[object.title_field]) });
      const values = { subject, kind: "visit", visit_method: "door_visit", account: record.id };
      const visit = await createRecord(ACTIVITY, values, key);
      void navigate({ to: "/r/$object/$id", params: { object: ACTIVITY, id: visit.id } });
    } catch (error) {
      setBusy(false);
      void message.error(errorText(error));
    }
  };
  return (
    <div className="gx-visit-here">
      <Button icon={<EnvironmentOutlined />} loading={busy} onClick={() => void begin()} block size="large">
        {t("visits.here")}
      </Button>
    </div>
  );
}
