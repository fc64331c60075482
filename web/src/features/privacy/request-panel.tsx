import { Button, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useOfferedActions } from "@/engine/record/action-menu";
import type { RecordPanelProps } from "@/engine/record/record-panels";
import { useStartAction } from "@/engine/record/use-start-action";
import { asReference, asText } from "@/fields/values";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { useIsPhone } from "@/ui/use-media";
import { BundleLine } from "./bundle-line";
import { ConcernedList } from "./concerned-list";
import { EraseDrawer } from "./erase-drawer";
import { FindDrawer } from "./find-drawer";
import { actsOf, daysLeft, isOpen, STEPS, stepOf } from "./request-steps";
import { useConcerned } from "./use-privacy";
import "./privacy.css";

const DAY = new Intl.DateTimeFormat("sv-SE");

/** A person's request with its steps: who asks, which records, what is done, what is answered. */
export function RequestPanel({ object, record }: RecordPanelProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const phone = useIsPhone();
  const [drawer, setDrawer] = useState<"find" | "erase" | null>(null);
  const actions = useOfferedActions(object, record);
  const { start, running, dialog } = useStartAction(object, record);
  const works = object.actions.some(({ name }) => name === "erasure_preview");
  const concerned = useConcerned(record.id, works);
  // Whoever only took the request in sees its facts; the steps are the officer's.
  if (!works) return null;
  const records = concerned.data ?? [];
  const step = stepOf(record, records);
  const due = asText(record.due_on);
  const left = due ? daysLeft(due, DAY.format(new Date())) : null;
  const offered = (name: string) => actions.find((one) => one.name === name);
  const button = (name: string, primary = false) => {
    const action = offered(name);
    if (!action) return null;
    return (
      <Button
        key={name}
        type={primary ? "primary" : "default"}
        danger={action.danger}
        loading={running}
        onClick={() => (name === "erase" ? setDrawer("erase") : void start(action))}
      >
        {label(action.label)}
      </Button>
    );
  };
  return (
    <section className="gx-privacy-panel" aria-label={t("privacy.request.title")}>
      <Steps
        size="small"
        orientation={phone ? "vertical" : "horizontal"}
        current={step}
        items={STEPS.map((name) => ({ title: t(`privacy.request.steps.${name}`) }))}
      />
      {isOpen(record) && left !== null ? (
        <p className="gx-privacy-due">
          <ColorTag color={left < 0 ? "red" : left <= 5 ? "orange" : "default"}>
            {left < 0
              ? t("privacy.request.late", { n: formats.number(-left) })
              : t("privacy.request.left", { n: formats.number(left) })}
          </ColorTag>
          <span className="gx-muted">{t("privacy.request.due", { day: formats.date(due) })}</span>
        </p>
      ) : null}
      {step === 0 ? (
        <div className="gx-privacy-step">
          <p>{t("privacy.request.identity")}</p>
          <div className="gx-privacy-buttons">
            {button("check_identity", true)}
            {button("refuse")}
          </div>
        </div>
      ) : null}
      <div className="gx-privacy-step">
        <h3>{t("privacy.request.records", { n: formats.number(records.length) })}</h3>
        <ConcernedList request={record} records={records} pending={concerned.isPending} />
        {offered("concern") ? (
          <div className="gx-privacy-buttons">
            <Button type={step === 1 ? "primary" : "default"} onClick={() => setDrawer("find")}>
              {t("privacy.request.find")}
            </Button>
          </div>
        ) : null}
      </div>
      {step === 2 || step === 3 ? (
        <div className="gx-privacy-step">
          <h3>{t("privacy.request.do")}</h3>
          <div className="gx-privacy-buttons">
            {actsOf(asText(record.kind)).map((name, index) => button(name, index === 0 && step === 2))}
            {button("extend")}
            {button("refuse")}
            {button("finish", step === 3)}
          </div>
        </div>
      ) : null}
      {asReference(record.bundle) || ["waiting", "failed"].includes(asText(record.bundle_state)) ? (
        <BundleLine record={record} />
      ) : null}
      {drawer === "find" ? <FindDrawer record={record} onClose={() => setDrawer(null)} /> : null}
      {drawer === "erase" ? <EraseDrawer record={record} records={records} onClose={() => setDrawer(null)} /> : null}
      {dialog}
    </section>
  );
}
