import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePresence } from "@/realtime/presence";

/** An open form: tells others which field the cursor is in, and who else is in which. */
export function useEditing(object: string, id: string | null) {
  const { t } = useTranslation();
  const [field, setField] = useState<string | null>(null);
  const others = usePresence(object, id, { here: id !== null, field });
  const editors = useMemo(() => {
    const map = new Map<string, string>();
    for (const one of others) if (one.field) map.set(one.field, one.label ?? t("form.somebody"));
    return map;
  }, [others, t]);
  return { editors, setField };
}
