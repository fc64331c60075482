import { useTranslation } from "react-i18next";
import { useOthers } from "@/realtime/presence";

/** Who types a comment on a record just now. */
export function TypingNow({ about }: { about: { object: string; id: string } }) {
  const { t } = useTranslation();
  const names = useOthers(about.object, about.id)
    .filter((other) => other.typing)
    .map((other) => other.label ?? t("form.somebody"));
  return (
    <p className="gx-typing-now" role="status">
      {names.length > 0 ? t("comments.typing", { names: names.join(t("common.comma")) }) : null}
    </p>
  );
}
