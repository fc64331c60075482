import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { FieldType } from "@/api/types";
import { TYPE_GROUPS } from "./field-keys";

interface TypeSelectProps {
  id: string;
  value: FieldType;
  onChange: (type: FieldType) => void;
  disabled: boolean;
}

/** The type of a field, with a word on what each is for. */
export function TypeSelect({ id, value, onChange, disabled }: TypeSelectProps) {
  const { t } = useTranslation();
  return (
    <Select<FieldType>
      id={id}
      value={value}
      onChange={onChange}
      disabled={disabled}
      showSearch={{ optionFilterProp: "text" }}
      optionLabelProp="text"
      listHeight={420}
      options={TYPE_GROUPS.map(({ group, types }) => ({
        label: t(`settings.typeGroups.${group}`),
        options: types.map((type) => ({
          value: type,
          text: t(`settings.types.${type}.name`),
          label: (
            <div className="gx-type">
              <b>{t(`settings.types.${type}.name`)}</b>
              <span className="gx-muted">{t(`settings.types.${type}.use`)}</span>
            </div>
          ),
        })),
      }))}
    />
  );
}
