import { Steps } from "antd";
import { useTranslation } from "react-i18next";
import { useIsPhone } from "@/ui/use-media";

export type Step = "upload" | "mapping" | "check" | "run";
const STEPS: Step[] = ["upload", "mapping", "check", "run"];

/** How far one has come. */
export function StepBar({ step }: { step: Step }) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const at = STEPS.indexOf(step);
  if (phone) {
    return (
      <p className="gx-import-step gx-muted">
        {at + 1} / {STEPS.length} · {t(`imports.steps.${step}`)}
      </p>
    );
  }
  const items = STEPS.map((name) => ({ title: t(`imports.steps.${name}`) }));
  return <Steps size="small" current={at} items={items} className="gx-import-steps" />;
}
