import { useTranslation } from "react-i18next";
import type { Me, NextStep } from "@/api/types";
import { EnrolStep } from "./enrol-step";
import { SecondStep } from "./second-step";

interface NextStepFormProps {
  step: NextStep;
  onSignedIn: (me: Me) => void;
  onBack: () => void;
}

/** What comes after the password: the second step, or setting one up. */
export function NextStepForm({ step, onSignedIn, onBack }: NextStepFormProps) {
  const { t } = useTranslation();
  return (
    <>
      {step.stage === "enrolment" ? (
        <EnrolStep onSignedIn={onSignedIn} />
      ) : (
        <SecondStep step={step} onSignedIn={onSignedIn} onOver={onBack} />
      )}
      <p className="gx-sign-in-aside">
        <button type="button" className="gx-link-button" onClick={onBack}>
          {t("joining.asSomebodyElse")}
        </button>
      </p>
    </>
  );
}
