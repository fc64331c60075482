import { App, Button } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

const SECONDS = 7;

/** "Done. Undo": shown after an edit that took effect without asking. */
export function useUndoToast(): (text: string, undo: () => void) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return useCallback(
    (text, undo) => {
      const key = `undo-${text}`;
      void message.open({
        key,
        type: "success",
        duration: SECONDS,
        content: (
          <span>
            {text}
            <Button
              type="link"
              size="small"
              onClick={() => {
                message.destroy(key);
                undo();
              }}
            >
              {t("common.undo")}
            </Button>
          </span>
        ),
      });
    },
    [message, t],
  );
}
