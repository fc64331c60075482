import { CopyOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Count, ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { EmptyState } from "@/ui/empty-state";

/** What may be there twice has a queue of its own, to review and to merge. */
export function DuplicatesTab({ object, count }: { object: ObjectMeta; count: Count | null }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const navigate = useNavigate();
  const n = count?.value ?? 0;
  return (
    <EmptyState
      icon={<CopyOutlined />}
      title={n > 0 ? t("quality.groupsOpen", { n: formats.number(n) }) : t("quality.noDuplicates")}
      text={t("quality.duplicatesText")}
      actions={
        <Button
          type={n > 0 ? "primary" : "default"}
          onClick={() => void navigate({ to: "/duplicates/$object", params: { object: object.name } })}
        >
          {t("quality.openQueue")}
        </Button>
      }
    />
  );
}
