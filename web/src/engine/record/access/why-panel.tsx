import { useQuery } from "@tanstack/react-query";
import { Form } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { explanationOptions } from "@/api/rights";
import type { ObjectMeta, Reference } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { ErrorState } from "@/ui/error-state";
import { PageSkeleton } from "@/ui/page-skeleton";
import { pickerField } from "../../picker-field";
import { useMe } from "../../session";
import { WhyAnswer } from "./why-answer";

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
      {explanation.data ? <WhyAnswer object={object} explanation={explanation.data} /> : null}
    </>
  );
}
