import { Input } from "antd";
import { useTranslation } from "react-i18next";

interface CodeInputProps {
  value?: string;
  onChange?: (code: string) => void;
  /** Called with the last of the six digits. */
  onComplete?: (code: string) => void;
}

/** Six digits of an authenticator app; a telephone offers its number keys and what it has read. */
export function CodeInput({ value, onChange, onComplete }: CodeInputProps) {
  const { t } = useTranslation();
  const change = (text: string) => {
    const digits = text.replace(/\D/g, "").slice(0, 6);
    onChange?.(digits);
    if (digits.length === 6 && digits !== value) onComplete?.(digits);
  };
  return (
    <Input
      className="gx-code-input"
      size="large"
      value={value ?? ""}
      onChange={(event) => change(event.target.value)}
      inputMode="numeric"
      autoComplete="one-time-code"
      autoFocus
      aria-label={t("factors.code")}
      placeholder="000000"
    />
  );
}
