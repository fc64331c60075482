import { LockOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { queryKeys } from "@/api/query-keys";
import { type RecordLock, releaseRecord } from "@/api/record-lock";
import { useFormats } from "@/i18n/formats";
import { ButtonLink } from "@/ui/button-link";
import { useErrorText } from "@/ui/error-text";

/** Says that a record is locked, by whom, why and until when; and releases it, for those who may. */
export function LockBanner({ object, id, state }: { object: string; id: string; state: RecordLock }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const release = useMutation({
    mutationFn: () => releaseRecord(object, id),
    onSuccess: () => {
      void message.success(t("record.released"));
      return queryClient.invalidateQueries({ queryKey: queryKeys.record(object, id) });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  const { lock } = state;
  if (!lock) return null;
  const name = lock.locked_by.label ?? t("common.notVisible");
  const except = lock.except.map((one) => one.label ?? t("common.notVisible")).join(t("record.lockComma"));
  const { through } = state;
  const sentences = [
    through ? t("record.lockThrough", { name: through.label ?? t("common.notVisible") }) : "",
    lock.until ? t("record.lockUntil", { at: formats.dateTime(lock.until) }) : "",
    except ? t("record.lockExcept", { names: except }) : "",
    state.binds && !state.may_release ? t("record.lockAsk", { name }) : "",
  ];
  return (
    <Alert
      type="info"
      showIcon
      icon={<LockOutlined />}
      title={t("record.locked", { name, reason: lock.reason })}
      description={sentences.filter(Boolean).join(" ") || undefined}
      action={
        through ? (
          <ButtonLink size="small" to="/r/$object/$id" params={{ object: through.object, id: through.id }}>
            {t("record.lockOpenWhole")}
          </ButtonLink>
        ) : state.may_release ? (
          <Button size="small" loading={release.isPending} onClick={() => release.mutate()}>
            {t("record.release")}
          </Button>
        ) : undefined
      }
    />
  );
}
