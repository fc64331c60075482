import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { provenanceOptions } from "@/api/provenance";
import type { RecordData } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { sourceText } from "./field-source";

interface Props {
  object: string;
  record: RecordData;
  field: string;
  children: ReactNode;
}

/** A field's name that tells, when one rests on it or taps it, where its value comes from. */
export function FieldSourceHint({ object, record, field, children }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  // Asked for once a record, by the first name somebody rests on.
  const [asked, setAsked] = useState(false);
  const { data } = useQuery({ ...provenanceOptions(object, record.id, record.version), enabled: asked });
  const source = data?.find((one) => one.field === field);
  return (
    <Tooltip
      title={source ? sourceText(source, t, formats.dateTime) : null}
      trigger={["hover", "click"]}
      mouseEnterDelay={0.4}
      onOpenChange={(open) => open && setAsked(true)}
    >
      <span onPointerEnter={() => setAsked(true)}>{children}</span>
    </Tooltip>
  );
}
