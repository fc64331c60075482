import { useMutation } from "@tanstack/react-query";
import { Alert, App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { addShare } from "@/api/rights";
import { useErrorText } from "@/ui/error-text";
import type { Unseen } from "./comment-model";

interface Props {
  found: { unseen: Unseen[]; mayShare: boolean };
  about: { object: string; id: string };
  onShared: () => void;
}

/** Who will not be told, and an offer to share the record with them where the writer may. */
export function UnseenNote({ found, about, onShared }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const share = useMutation({
    mutationFn: ({ kind, id }: Unseen) =>
      addShare(about.object, about.id, {
        with: { kind: kind === "department" ? "department_tree" : (kind as "member" | "team"), id },
        level: "read",
      }),
    onSuccess: onShared,
    onError: (error) => void message.error(errorText(error)),
  });
  if (found.unseen.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      className="gx-unseen"
      title={t("comments.unseenTitle")}
      description={
        <ul>
          {found.unseen.map((one) => (
            <li key={`${one.kind}${one.id}`}>
              {one.kind === "member"
                ? one.label
                : t("comments.unseenOf", { name: one.label, count: one.unseen, of: one.of })}
              {found.mayShare && one.kind !== "role" ? (
                <Button type="link" size="small" loading={share.isPending} onClick={() => share.mutate(one)}>
                  {t("comments.share")}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      }
    />
  );
}
