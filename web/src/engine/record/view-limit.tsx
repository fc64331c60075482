import { EyeInvisibleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/ui/button-link";
import { EmptyState } from "@/ui/empty-state";

/** In place of a record: as many were opened today as may be. `text` says which limit it is and when it ends. */
export function ViewLimit({ object, text }: { object: string; text: string | null }) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<EyeInvisibleOutlined />}
      title={t("pools.views.none")}
      text={text}
      actions={
        <ButtonLink to="/o/$object" params={{ object }}>
          {t("pools.views.back")}
        </ButtonLink>
      }
    />
  );
}
