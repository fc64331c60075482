import { CheckCircleOutlined, CloseCircleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Explanation } from "@/api/rights";
import type { ObjectMeta } from "@/api/types";
import { useReasonText } from "./reason-text";
import { WhyActions } from "./why-actions";
import { WhyFields } from "./why-fields";
import "./access.css";

/** Verb by verb, field by field and action by action what a member may do with a record, and the rule behind each. */
export function WhyAnswer({ object, explanation }: { object: ObjectMeta; explanation: Explanation }) {
  const { t } = useTranslation();
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
      <WhyFields object={object} fields={explanation.fields} />
      <WhyActions actions={explanation.actions} />
    </>
  );
}
