import { useTranslation } from "react-i18next";
import type { RowKind } from "./model";

const SIGNS: Record<RowKind, string> = { differs: "≠", filled: "+", same: "=" };

/** Whether the values differ, as a sign with its word: colour alone would not say it to everybody. */
export function KindWord({ kind }: { kind: RowKind }) {
  const { t } = useTranslation();
  const words: Record<RowKind, string> = {
    differs: t("merging.differs"),
    filled: t("merging.filledIn"),
    same: t("merging.same"),
  };
  return (
    <span className="gx-kind" data-kind={kind}>
      <span aria-hidden>{SIGNS[kind]}</span> {words[kind]}
    </span>
  );
}
