import { ArrowDownOutlined, ArrowUpOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Checkbox } from "antd";
import { useTranslation } from "react-i18next";
import type { RulesPreview } from "@/api/ownership";
import { RULE } from "@/api/ownership";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { moved, type OrderedRule, switched } from "./order";

interface RuleOrderProps {
  rules: OrderedRule[];
  preview: RulesPreview | undefined;
  onChange: (rules: OrderedRule[]) => void;
}

/** The rules in the order that is tried out, with what each of them decides. */
export function RuleOrder({ rules, preview, onChange }: RuleOrderProps) {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  return (
    <ol className="gx-ownership-order">
      {rules.map((rule, at) => {
        const told = preview?.rules.find((one) => one.rule.id === rule.id);
        return (
          <li key={rule.id} data-off={!rule.active || undefined}>
            <Checkbox
              checked={rule.active}
              onChange={() => onChange(switched(rules, rule.id))}
              aria-label={t("ownership.preview.use", { rule: rule.name })}
            />
            <span className="gx-ownership-number">{at + 1}</span>
            <div>
              <Link to="/r/$object/$id" params={{ object: RULE, id: rule.id }}>
                {rule.name}
              </Link>
              <small>
                {!rule.active
                  ? t("ownership.preview.off")
                  : told?.problem
                    ? label(told.problem)
                    : told
                      ? t("ownership.preview.decides", {
                          n: formats.number(told.decided),
                          changed: formats.number(told.changed),
                        })
                      : "…"}
              </small>
            </div>
            <Button
              type="text"
              size="small"
              icon={<ArrowUpOutlined />}
              disabled={at === 0}
              aria-label={t("ownership.preview.up", { rule: rule.name })}
              onClick={() => onChange(moved(rules, rule.id, -1))}
            />
            <Button
              type="text"
              size="small"
              icon={<ArrowDownOutlined />}
              disabled={at === rules.length - 1}
              aria-label={t("ownership.preview.down", { rule: rule.name })}
              onClick={() => onChange(moved(rules, rule.id, 1))}
            />
          </li>
        );
      })}
    </ol>
  );
}
