import { LockOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { setSecret } from "@/api/enrichment";
import { queryKeys } from "@/api/query-keys";
import { findObject, useMeta } from "@/engine/meta";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import { asText } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { useErrorText } from "@/ui/error-text";
import { fieldsIn } from "./model";
import "./enrichment.css";

/** Of a source, plainly: what leaves and what comes back; and the secret it is asked with, which is never shown again. */
export function SourcePanel({ object, record, editable }: RecordPanelProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [secret, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const target = findObject(meta, asText(record.object));
  const named = (lines: unknown) =>
    target
      ? fieldsIn(target, lines)
          .map((field) => label(field.label))
          .join(t("common.comma"))
      : "";
  const keep = async (value: string | null) => {
    setBusy(true);
    try {
      await setSecret(record.id, value);
      setTyped("");
      void message.success(t(value === null ? "enrichment.secretGone" : "enrichment.secretKept"));
      void queryClient.invalidateQueries({ queryKey: queryKeys.record(object.name, record.id) });
    } catch (error) {
      // What was typed stays to be mended.
      void message.error(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {target ? (
        <Alert
          type="info"
          showIcon
          title={t("enrichment.panelSent", { object: label(target.plural), fields: named(record.sends) })}
          description={t("enrichment.taken", { fields: named(record.takes) })}
        />
      ) : null}
      {editable ? (
        <div className="gx-enrichment-secret">
          <Input.Password
            value={secret}
            onChange={(event) => setTyped(event.target.value)}
            placeholder={t(record.has_secret ? "enrichment.secretSet" : "enrichment.secret")}
            aria-label={t("enrichment.secret")}
            autoComplete="off"
          />
          <Button
            icon={<LockOutlined />}
            loading={busy}
            disabled={secret.trim() === ""}
            onClick={() => void keep(secret)}
          >
            {t("enrichment.keepSecret")}
          </Button>
          {record.has_secret ? (
            <Button type="text" disabled={busy} onClick={() => void keep(null)}>
              {t("enrichment.dropSecret")}
            </Button>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
