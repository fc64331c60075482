import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { DuplicateReason } from "@/api/duplicates";
import type { ObjectMeta } from "@/api/types";
import { useLabel } from "@/i18n/i18n";
import { ADDRESS_PARTS, findField } from "../meta";
import { agreementOf } from "./reasons";

const NAME_PARTS = { family: "fields.family", given: "fields.given" } as const;
const isNamePart = (part: string): part is keyof typeof NAME_PARTS => part in NAME_PARTS;

/** What a field says about two records, in a few words: "电话相同", "城市相同", "姓读音相同且少见". */
export function useReasonText(object: ObjectMeta): (reason: DuplicateReason) => string {
  const { t } = useTranslation();
  const label = useLabel();
  return useCallback(
    (reason) => {
      const field = findField(object, reason.field);
      const part = reason.part ?? "";
      const whole = field ? label(field.label) : reason.field;
      const name = isNamePart(part) ? t(NAME_PARTS[part]) : label(ADDRESS_PARTS[part]) || whole;
      const agreement = agreementOf(reason);
      const text = t(`duplicates.agreements.${agreement}`, { field: name });
      if (!reason.rarity || agreement === "different") return text;
      return t(reason.rarity === "rare" ? "duplicates.andRare" : "duplicates.andCommon", { reason: text });
    },
    [t, label, object],
  );
}
