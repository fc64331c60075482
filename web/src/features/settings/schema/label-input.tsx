import { Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import type { Label } from "@/api/types";

interface LabelInputProps {
  id: string;
  title: string;
  value: Label;
  onChange: (label: Label) => void;
  required?: boolean;
  problem?: string | null;
  autoFocus?: boolean;
  extra?: string;
}

/** A text in both languages; one is enough, the other borrows it. */
export function LabelInput({ id, title, value, onChange, required, problem, autoFocus, extra }: LabelInputProps) {
  const { t } = useTranslation();
  return (
    <Form.Item
      label={title}
      required={required === true}
      htmlFor={`${id}-zh`}
      extra={extra}
      {...(problem ? { validateStatus: "error" as const, help: problem } : {})}
    >
      <div className="gx-two">
        <Input
          id={`${id}-zh`}
          value={value["zh-CN"]}
          onChange={(event) => onChange({ ...value, "zh-CN": event.target.value })}
          prefix={<span className="gx-muted">中</span>}
          aria-label={t("settings.inChinese", { title })}
          autoFocus={autoFocus}
          maxLength={200}
        />
        <Input
          value={value.en}
          onChange={(event) => onChange({ ...value, en: event.target.value })}
          prefix={<span className="gx-muted">En</span>}
          aria-label={t("settings.inEnglish", { title })}
          maxLength={200}
        />
      </div>
    </Form.Item>
  );
}
