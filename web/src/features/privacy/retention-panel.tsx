import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { activateRule, type RetentionPreview } from "@/api/privacy";
import { queryKeys } from "@/api/query-keys";
import type { RecordData } from "@/api/types";
import { findField, findObject, useMeta } from "@/engine/meta";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import type { ActionScreenProps } from "@/engine/slots";
import { RecordLink } from "@/fields/record-link";
import { asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { ErrorState } from "@/ui/error-state";
import { useErrorText } from "@/ui/error-text";
import { PageSkeleton } from "@/ui/page-skeleton";
import { SideDrawer } from "@/ui/side-drawer";
import { useRetentionPreview } from "./use-privacy";
import "./privacy.css";

const SHOWN = 12;

/** What a retention rule would take now, with names; it is switched on from here. */
function Preview({ record, activates }: { record: RecordData; activates: boolean }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const { message } = App.useApp();
  const [sure, setSure] = useState(false);
  const [saving, setSaving] = useState(false);
  const preview = useRetentionPreview(record.id, record.version);
  if (preview.error) return <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />;
  if (!preview.data) return <PageSkeleton rows={3} />;
  const told = preview.data;
  const activate = async () => {
    setSaving(true);
    try {
      await activateRule(record.id, told.large ? told.due : null);
      await queryClient.invalidateQueries({ queryKey: queryKeys.records });
      void message.success(t("privacy.rule.activated"));
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <>
      <Told told={told} />
      {activates && asText(record.state) !== "active" ? (
        <>
          {told.large ? (
            <Alert
              type="warning"
              showIcon
              title={t("privacy.rule.large", { n: told.due, all: told.all })}
              description={
                <Checkbox checked={sure} onChange={({ target }) => setSure(target.checked)}>
                  {t("privacy.rule.sure", { n: told.due })}
                </Checkbox>
              }
            />
          ) : null}
          <div className="gx-privacy-buttons">
            <Button type="primary" loading={saving} disabled={told.large && !sure} onClick={() => void activate()}>
              {t("privacy.rule.activate")}
            </Button>
          </div>
        </>
      ) : null}
    </>
  );
}

function Told({ told }: { told: RetentionPreview }) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const object = findObject(useMeta(), told.object);
  const field = (name: string) => (object ? label(findField(object, name)?.label) || name : name);
  const shown = told.records.slice(0, SHOWN);
  return (
    <>
      <p>
        <b>{t("privacy.rule.due", { n: formats.number(told.due), all: formats.number(told.all) })}</b>{" "}
        {told.erased
          ? t("privacy.rule.erased")
          : t("privacy.rule.fields", { what: told.fields.map(field).join(t("common.comma")) })}
      </p>
      <ul className="gx-privacy-records">
        {shown.map((one) => (
          <li key={one.id}>
            <span className="gx-privacy-record">
              <RecordLink object={told.object} id={one.id}>
                {one.label || t("common.notVisible")}
              </RecordLink>
              {one.kept ? <ColorTag color="orange">{t(`privacy.stays.${one.kept.why}`)}</ColorTag> : null}
            </span>
          </li>
        ))}
      </ul>
      {told.due > shown.length ? (
        <p className="gx-muted">{t("privacy.rule.more", { n: formats.number(told.due - shown.length) })}</p>
      ) : null}
      {told.partial ? <p className="gx-muted">{t("privacy.rule.partial")}</p> : null}
    </>
  );
}

export function RetentionPanel({ object, record }: RecordPanelProps) {
  const { t } = useTranslation();
  const may = (action: string) => object.actions.some(({ name }) => name === action);
  if (!may("preview") || record.deleted_at) return null;
  return (
    <section className="gx-privacy-panel" aria-label={t("privacy.rule.title")}>
      <h3>{t("privacy.rule.title")}</h3>
      <Preview record={record} activates={may("activate")} />
    </section>
  );
}

/** The same, begun from the menu. */
export function RetentionScreen({ object, record, onClose }: ActionScreenProps) {
  const { t } = useTranslation();
  return (
    <SideDrawer title={t("privacy.rule.title")} onClose={onClose}>
      <Preview record={record} activates={object.actions.some(({ name }) => name === "activate")} />
    </SideDrawer>
  );
}
