import { Alert, Checkbox, Form, Segmented, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { EnrichmentTerms } from "@/api/enrichment";
import type { FieldMeta, ObjectMeta, RecordData } from "@/api/types";
import { titleText } from "@/fields/reference/title";
import { useLabel } from "@/i18n/i18n";
import { useIsPhone } from "@/ui/use-media";
import { fieldsIn } from "./model";

interface SourceChoiceProps {
  object: ObjectMeta;
  sources: RecordData[];
  source: RecordData;
  terms: EnrichmentTerms & { mode: "fill" | "overwrite" };
  onSource: (id: string) => void;
  onTerms: (terms: EnrichmentTerms & { mode: "fill" | "overwrite" }) => void;
}

/** Which source, what leaves for it, and what becomes of what comes. */
export function SourceChoice({ object, sources, source, terms, onSource, onTerms }: SourceChoiceProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const phone = useIsPhone();
  const named = (fields: FieldMeta[]) => fields.map((field) => label(field.label)).join(t("common.comma"));
  const takes = fieldsIn(object, source.takes);
  return (
    <Form layout="vertical">
      {sources.length > 1 ? (
        <Form.Item label={t("enrichment.source")} htmlFor="enrichment-source">
          <Select<string>
            id="enrichment-source"
            value={source.id}
            onChange={onSource}
            options={sources.map((one) => ({ value: one.id, label: titleText(one.name) }))}
          />
        </Form.Item>
      ) : null}
      <Alert
        type="info"
        showIcon
        title={t("enrichment.sent", { source: titleText(source.name), fields: named(fieldsIn(object, source.sends)) })}
        description={
          <>
            {t("enrichment.taken", { fields: named(takes) })}
            {source.purpose ? <> {t("enrichment.onlyAllowed", { purpose: titleText(source.purpose) })}</> : null}
          </>
        }
      />
      <Form.Item label={t("enrichment.mode")} className="gx-enrichment-mode">
        <Segmented<"fill" | "overwrite">
          orientation={phone ? "vertical" : "horizontal"}
          value={terms.mode}
          onChange={(mode) => onTerms({ ...terms, mode })}
          options={[
            { value: "fill", label: t("enrichment.fill") },
            { value: "overwrite", label: t("enrichment.overwrite") },
          ]}
          aria-label={t("enrichment.mode")}
        />
      </Form.Item>
      {terms.mode === "overwrite" ? (
        <>
          <Form.Item label={t("enrichment.overwritten")} htmlFor="enrichment-fields">
            <Select<string[]>
              id="enrichment-fields"
              mode="multiple"
              value={terms.overwrite}
              onChange={(overwrite) => onTerms({ ...terms, overwrite })}
              options={takes.map((field) => ({ value: field.name, label: label(field.label) }))}
              optionFilterProp="label"
            />
          </Form.Item>
          <Checkbox checked={terms.typed} onChange={(event) => onTerms({ ...terms, typed: event.target.checked })}>
            {t("enrichment.alsoTyped")}
          </Checkbox>
        </>
      ) : null}
    </Form>
  );
}
