import { CheckCircleOutlined, CloseCircleOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Form, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Explanation, explanationOptions } from "@/api/rights";
import type { ObjectMeta, Reference } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { useLabel } from "@/i18n/i18n";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { findField } from "../../meta";
import { pickerField } from "../../picker-field";
import { useMe } from "../../session";
import { useReasonText } from "./reason-text";

interface WhyPanelProps {
  object: ObjectMeta;
  id: string;
  /** May ask about anybody; others ask about themselves. */
  anybody: boolean;
}

/** What a member may do with the record, verb by verb and field by field, and the rule behind each. */
export function WhyPanel({ object, id, anybody }: WhyPanelProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [member, setMember] = useState<Reference | null>({ id: me.user.id, label: me.user.name });
  const explanation = useQuery(explanationOptions(object.name, id, member?.id ?? null));
  return (
    <>
      <p className="gx-muted">{anybody ? t("rights.record.whyText") : t("rights.record.mineText")}</p>
      {anybody ? (
        <Form layout="vertical" component="div">
          <Form.Item label={t("rights.record.member")} htmlFor="why-member">
            <FieldInput
              field={{ ...pickerField("user", { "zh-CN": "成员", en: "Member" }, false), required: true }}
              id="why-member"
              value={member ? { id: member.id, label: member.label } : null}
              onChange={(next) => setMember(asReference(next))}
            />
          </Form.Item>
        </Form>
      ) : null}
      {explanation.isPending ? <PageSkeleton rows={5} /> : null}
      {explanation.error && !explanation.data ? (
        <ErrorState error={explanation.error} onRetry={() => void explanation.refetch()} />
      ) : null}
      {explanation.data ? <Answer object={object} explanation={explanation.data} /> : null}
    </>
  );
}

function Answer({ object, explanation }: { object: ObjectMeta; explanation: Explanation }) {
  const { t } = useTranslation();
  const label = useLabel();
  const reasonText = useReasonText();
  return (
    <>
      <ul className="gx-access-list">
        {explanation.verbs.map((verb) => (
          <li key={verb.verb} data-verb={verb.verb} data-allowed={verb.allowed}>
            {verb.allowed ? <CheckCircleOutlined aria-hidden /> : <CloseCircleOutlined aria-hidden />}
            <div>
              <b>
                {t("common.about", {
                  name: t(`rights.verbs.${verb.verb}`),
                  text: t(verb.allowed ? "rights.record.yes" : "rights.record.no"),
                })}
              </b>
              {verb.reasons.map((reason) => (
                <small key={JSON.stringify(reason)} className="gx-muted">
                  {reasonText(reason)}
                </small>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <h3>{t("rights.record.fieldsTitle")}</h3>
      {explanation.fields.length === 0 ? <p className="gx-muted">{t("rights.record.fieldsNone")}</p> : null}
      <ul className="gx-access-fields">
        {explanation.fields.map((field) => (
          <li key={field.field}>
            <span>{label(findField(object, field.field)?.label) || field.field}</span>
            <span>
              <Tag color={field.right === "read" ? undefined : "orange"}>
                {t(`rights.fields.rights.${field.right}`)}
              </Tag>
              {field.masked_in_lists ? <Tag>{t("rights.record.inLists")}</Tag> : null}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
