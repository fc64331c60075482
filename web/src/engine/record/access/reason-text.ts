import { useTranslation } from "react-i18next";
import type { Reason, RowScope } from "@/api/rights";
import { useFormats } from "@/i18n/formats";
import { useLabel } from "@/i18n/i18n";
import { findObject, useMeta } from "../../meta";

type ScopeName = Exclude<RowScope, object> | "departments" | "when";

function scopeName(scope: RowScope): ScopeName {
  if (typeof scope === "string") return scope;
  return "when" in scope ? "when" : "departments";
}

/** A rule that speaks of a record, as a sentence. */
export function useReasonText(): (reason: Reason) => string {
  const { t } = useTranslation();
  const label = useLabel();
  const formats = useFormats();
  const meta = useMeta();
  const throughName = (through: Extract<Reason, { kind: "sharing_rule" }>["through"]): string => {
    if (through.kind === "role") return label(through.label);
    const found = through.kind === "team" ? through.team : through.kind === "department" ? through.department : null;
    return found?.label ?? t("common.notVisible");
  };
  return (reason) => {
    switch (reason.kind) {
      case "role": {
        const named = label(reason.label);
        const role = reason.post
          ? t("rights.reasons.byPost", { role: named, post: reason.post.label ?? t("common.notVisible") })
          : named;
        if (typeof reason.scope === "object" && "when" in reason.scope && !reason.within) {
          return t("rights.reasons.roleCondition", { role, condition: reason.scope.when });
        }
        const scope = t(`rights.scopeText.${scopeName(reason.scope)}`);
        const text = t(reason.within ? "rights.reasons.roleWithin" : "rights.reasons.role", { role, scope });
        const [begin, ...above] = reason.departments.map((one) => one.label ?? t("common.notVisible"));
        if (begin === undefined) return text;
        return above.length === 0
          ? t("rights.reasons.inDepartment", { reason: text, department: begin })
          : t("rights.reasons.wayUp", { reason: text, department: begin, way: above.join(" › ") });
      }
      case "given":
        return t("rights.reasons.given", { role: label(reason.label) });
      case "sharing_rule":
        return t(`rights.reasons.ruleThrough.${reason.through.kind}`, {
          rule: label(reason.label),
          name: throughName(reason.through),
        });
      case "follows": {
        const object = label(findObject(meta, reason.object)?.label) || reason.object;
        const name = reason.record.label ?? t("common.notVisible");
        const way = reason.changing ? "change" : "see";
        return t(`rights.reasons.follows.${way}${reason.open ? "Open" : "Closed"}`, { object, name });
      }
      case "locked_by_state": {
        const object = label(findObject(meta, reason.object)?.label) || reason.object;
        const name = reason.record.label ?? t("common.notVisible");
        return reason.through
          ? t("rights.reasons.wholeLockedByState", { object, name, when: reason.when })
          : t("rights.reasons.locked_by_state", { when: reason.when });
      }
      case "circle": {
        const object = label(findObject(meta, reason.object)?.label) || reason.object;
        const name = reason.circle.label ?? t("common.notVisible");
        return t(reason.keeper ? "rights.reasons.circleKeeper" : "rights.reasons.circle", { object, name });
      }
      case "seen_with": {
        const object = label(findObject(meta, reason.object)?.label) || reason.object;
        return t("rights.reasons.seen_with", { object, name: reason.record.label ?? t("common.notVisible") });
      }
      case "share": {
        const name = reason.with.label ?? t("common.notVisible");
        const level = t(`rights.record.levelShort.${reason.level}`);
        const text = reason.until
          ? t("rights.reasons.shareUntil", { name, level, until: formats.dateTime(reason.until) })
          : t("rights.reasons.share", { name, level });
        if (!reason.because) return text;
        const object = label(findObject(meta, reason.because.object)?.label) || reason.because.object;
        const cause = reason.because.record.label ?? t("common.notVisible");
        return t("rights.reasons.because", { reason: text, object, name: cause });
      }
      case "locked": {
        const name = reason.by.label ?? t("common.notVisible");
        return reason.until
          ? t("rights.reasons.lockedUntil", { name, reason: reason.reason, until: formats.dateTime(reason.until) })
          : t("rights.reasons.locked", { name, reason: reason.reason });
      }
      case "denied":
        return t("rights.reasons.denied", { role: label(reason.label) });
      default:
        return t(`rights.reasons.${reason.kind}`);
    }
  };
}
