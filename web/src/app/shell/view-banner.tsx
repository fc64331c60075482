import { useMutation } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { endView } from "@/api/members";
import { pagePath } from "@/api/place";
import { useErrorText } from "@/ui/error-text";

/** Says whose rights the screen shows, for as long as they are not one's own. */
export function ViewBanner({ name }: { name: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const end = useMutation({
    mutationFn: endView,
    // Everything on the screen is another's: begin anew.
    onSuccess: () => window.location.assign(pagePath("/")),
    onError: (error) => void message.error(errorText(error)),
  });
  return (
    <div className="gx-viewing" role="status">
      <span>{t("security.viewing", { name })}</span>
      <Button size="small" loading={end.isPending || end.isSuccess} onClick={() => end.mutate()}>
        {t("security.endView")}
      </Button>
    </div>
  );
}
