import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { DuplicateReason } from "@/api/duplicates";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { findField, resolvePath, useMeta } from "../meta";
import { agreementOf } from "./reasons";

/** What a field says about two records, in a few words: "电话相同". */
export function useReasonText(object: ObjectMeta): (reason: DuplicateReason) => string {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  return useCallback(
    (reason) => {
      // A part of a name or an address that has no label of its own goes by the whole.
      const field =
        resolvePath(meta, object, reason.field)?.field ?? findField(object, reason.field.split(".")[0] ?? "");
      const agreement = agreementOf(reason);
      const text = t(`duplicates.agreements.${agreement}`, { field: field ? label(field.label) : reason.field });
      if (!reason.rarity || agreement === "different" || agreement === "missing") return text;
      return t(reason.rarity === "rare" ? "duplicates.andRare" : "duplicates.andCommon", { reason: text });
    },
    [t, label, meta, object],
  );
}
