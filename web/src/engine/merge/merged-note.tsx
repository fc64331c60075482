import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/button-link";

/** What was typed into a record that went into another one meanwhile: it stays, and what became of the record opens beside. */
export function MergedNote({ into }: { into: { object: string; id: string } }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={t("merging.mergedTitle")}
      description={t("merging.mergedText")}
      action={
        <ButtonLink size="small" to="/r/$object/$id" params={into} target="_blank">
          {t("merging.openSurvivor")}
        </ButtonLink>
      }
    />
  );
}
