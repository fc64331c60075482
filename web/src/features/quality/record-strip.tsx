import { CheckCircleOutlined, EditOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type QualityRule, readRecordQuality } from "@/api/quality";
import { useRecordForms } from "@/engine/form/create-record";
import { findField } from "@/engine/meta";
import { openField } from "@/engine/record/open-field";
import type { RecordStripProps } from "@/engine/record/record-panels";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { Score } from "./score";
import { qualityKey, useQualityObjects } from "./use-quality";
import "./quality.css";

/** How good a record is and what is missing, each one press away from its field. */
export function QualityStrip({ object, record, editable }: RecordStripProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const label = useLabel();
  const navigate = useNavigate();
  const forms = useRecordForms();
  const [open, setOpen] = useState(false);
  const judgedObject = useQualityObjects().data?.some((one) => one.object === object.name) === true;
  const quality = useQuery({
    queryKey: [...qualityKey(object.name, "record", record.id), record.version],
    queryFn: ({ signal }) => readRecordQuality(object.name, record.id, signal),
    enabled: judgedObject,
    placeholderData: (before) => before,
    staleTime: 10_000,
    retry: false,
  });
  const told = quality.data;
  if (!judgedObject || quality.isError || (told && told.score === null)) return null;
  // The line keeps its room while it is read, so that nothing below it moves.
  if (!told) return <div className="gx-quality-strip" aria-hidden />;
  const { findings, held } = told;
  const mend = (rule: QualityRule) => {
    const name = (rule.field ?? "").split(".")[0] ?? "";
    void navigate({ to: ".", search: { tab: "overview" }, replace: true });
    openField(name, () => forms.edit(object.name, record));
  };
  const mayMend = (rule: QualityRule) => {
    const field = rule.field ? findField(object, rule.field.split(".")[0] ?? "") : null;
    return editable && field !== null && !field.read_only && !field.computed && field.masked === null;
  };
  const summary =
    findings.length === 0
      ? t("quality.recordClean")
      : t("quality.recordFindings", { n: formats.number(findings.length) });
  return (
    <section className="gx-quality-strip" aria-label={t("quality.title")} data-open={open || undefined}>
      <button
        type="button"
        className="gx-quality-strip-head"
        aria-expanded={open}
        aria-controls="gx-quality-reasons"
        onClick={() => setOpen(!open)}
      >
        <RightOutlined aria-hidden />
        <span>{t("quality.title")}</span>
        <Score value={told.score} />
        <span className="gx-muted">{told.judged ? summary : t("quality.recordNotJudged")}</span>
      </button>
      {open ? (
        <div id="gx-quality-reasons">
          <ul className="gx-quality-reasons">
            {findings.map(({ rule, since, text }) => (
              <li key={rule.id} data-severity={rule.severity}>
                <span className="gx-quality-reason">
                  <b>{label(rule.message)}</b>
                  <small className="gx-muted">
                    {[
                      t(`quality.severities.${rule.severity}`),
                      text ? t("quality.now", { value: text }) : "",
                      since ? t("quality.since", { at: formats.relative(since) }) : "",
                      t("quality.weighs", { n: formats.number(rule.weight) }),
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </small>
                </span>
                {mayMend(rule) ? (
                  <Button size="small" icon={<EditOutlined />} onClick={() => mend(rule)}>
                    {t("quality.goTo", {
                      field: label(rule.field_label) || label(findField(object, rule.field ?? "")?.label),
                    })}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
          {held.length > 0 ? (
            <p className="gx-muted">
              <CheckCircleOutlined aria-hidden />{" "}
              {t("quality.holds", { rules: held.map((rule) => label(rule.name)).join(t("common.comma")) })}
            </p>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
