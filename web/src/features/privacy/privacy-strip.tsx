import { PlusOutlined, RightOutlined, StopOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CONSENT } from "@/api/privacy";
import { useRecordForms } from "@/engine/form/create-record";
import { findObject, useMeta } from "@/engine/meta";
import { useOfferedActions } from "@/engine/record/action-menu";
import type { RecordStripProps } from "@/engine/record/record-panels";
import { useStartAction } from "@/engine/record/use-start-action";
import { referenceTo } from "@/fields/reference/title";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { MayTable } from "./may-table";
import { useMayContact } from "./use-privacy";
import "./privacy.css";

/** Consent and privacy of a person: whether he may be contacted, for what, and what he agreed to. */
export function PrivacyStrip({ object, record }: RecordStripProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const forms = useRecordForms();
  const [open, setOpen] = useState(false);
  const may = useMayContact(object.name, record.id);
  const { start, running, dialog } = useStartAction(object, record);
  const stop = useOfferedActions(object, record).find(({ name }) => name === "stop_contact");
  const told = may.data;
  // Who may not ask sees nothing; the line keeps its room while it is read, so that nothing below it moves.
  if (may.isError) return null;
  if (!told) return <div className="gx-privacy-strip" aria-hidden />;
  const consent = findObject(meta, CONSENT);
  const mayAdd = consent?.access.create && !record.deleted_at;
  const add = () => forms.create(CONSENT, { person: { object: object.name, ...referenceTo(object, record) } });
  const allowed = told.purposes.filter((one) => one.allowed);
  return (
    <section className="gx-privacy-strip" aria-label={t("privacy.title")} data-open={open || undefined}>
      <button
        type="button"
        className="gx-privacy-strip-head"
        aria-expanded={open}
        aria-controls="gx-privacy-details"
        onClick={() => setOpen(!open)}
      >
        <RightOutlined aria-hidden />
        <span>{t("privacy.title")}</span>
        {told.do_not_contact ? <ColorTag color="red">{t("privacy.quietShort")}</ColorTag> : null}
        {told.held ? <ColorTag color="orange">{t("privacy.heldShort")}</ColorTag> : null}
        <span className="gx-muted">
          {told.purposes.length === 0
            ? t("privacy.noPurposesShort")
            : allowed.length === 0
              ? t("privacy.nobody")
              : t("privacy.allowedFor", { names: allowed.map((one) => one.name).join(t("common.comma")) })}
        </span>
      </button>
      {open ? (
        <div id="gx-privacy-details" className="gx-privacy-details">
          <MayTable told={told} />
          <div className="gx-privacy-buttons">
            {mayAdd ? (
              <Button size="small" icon={<PlusOutlined />} onClick={add}>
                {t("privacy.addConsent")}
              </Button>
            ) : null}
            {stop ? (
              <Button size="small" danger icon={<StopOutlined />} loading={running} onClick={() => void start(stop)}>
                {label(stop.label)}
              </Button>
            ) : null}
          </div>
        </div>
      ) : null}
      {dialog}
    </section>
  );
}
