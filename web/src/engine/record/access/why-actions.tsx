import { useTranslation } from "react-i18next";
import type { Explanation } from "@/api/rights";
import { useLabel } from "@/i18n/i18n";

/** The actions on one record: whether the member may run them, and which roles say so. */
export function WhyActions({ actions }: { actions: Explanation["actions"] }) {
  const { t } = useTranslation();
  const label = useLabel();
  if (actions.length === 0) return null;
  const names = (roles: { label: Parameters<typeof label>[0] }[]) =>
    roles.map((role) => label(role.label)).join(t("common.comma"));
  const why = (action: Explanation["actions"][number]): string => {
    if (action.closed === "denied") return t("rights.record.actionDenied", { roles: names(action.denied) });
    if (action.closed) return t(`rights.record.actionClosed.${action.closed}`);
    return action.given.length > 0
      ? t("rights.record.actionGiven", { roles: names(action.given) })
      : t("rights.reasons.administrator");
  };
  const open = actions.filter((action) => action.allowed).length;
  return (
    <details className="gx-access-more">
      <summary>{t("rights.record.actionsTitle", { open, n: actions.length })}</summary>
      <ul className="gx-access-fields">
        {actions.map((action) => (
          <li key={action.action} data-action={action.action} data-allowed={action.allowed}>
            <span>
              {label(action.label)}
              <small className="gx-muted">{why(action)}</small>
            </span>
            <span>{t(action.allowed ? "rights.record.yes" : "rights.record.no")}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
