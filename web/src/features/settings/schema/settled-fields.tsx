import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { applySchema, type StoredObject } from "@/api/schema";
import { useErrorText } from "@/ui/error-text";

/** An own object, or own fields, whose name a later version took, until somebody says that he has read it. */
export function SettledFields({ object }: { object: StoredObject }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const forget = useMutation({
    mutationFn: () => applySchema([{ op: "forget_settled", object: object.name }], false),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queryKeys.schema }),
  });
  const settled = object.settled ?? [];
  if (object.instead_of_standard) {
    return <Alert type="warning" showIcon className="gx-gap" title={t("settings.settled.insteadOfStandard")} />;
  }
  if (settled.length === 0) return null;
  return (
    <Alert
      type="info"
      showIcon
      className="gx-gap gx-settled"
      title={t("settings.settled.title")}
      description={
        <>
          <ul>
            {settled.map((one) => (
              <li key={`${one.field}${one.at}`}>
                {one.renamed
                  ? t("settings.settled.renamed", { field: one.field, renamed: one.renamed })
                  : t("settings.settled.taken", { field: one.field })}
              </li>
            ))}
          </ul>
          {forget.error ? <p role="alert">{errorText(forget.error)}</p> : null}
        </>
      }
      action={
        <Button size="small" loading={forget.isPending} onClick={() => forget.mutate()}>
          {t("settings.settled.read")}
        </Button>
      }
    />
  );
}
