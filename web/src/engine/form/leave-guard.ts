import { useBlocker } from "@tanstack/react-router";
import { App } from "antd";
import { useCallback, useRef } from "react";
import { useTranslation } from "react-i18next";

/** Asks before a page with unsaved changes is left. Answers a function that lets the next leaving pass. */
export function useLeaveGuard(dirty: boolean): () => void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const released = useRef(false);
  useBlocker({
    enableBeforeUnload: () => dirty && !released.current,
    shouldBlockFn: async ({ current, next }) => {
      if (!dirty || released.current || current.pathname === next.pathname) return false;
      const leave = await modal.confirm({
        title: t("form.leaveTitle"),
        content: t("form.leaveText"),
        okText: t("form.leave"),
        cancelText: t("form.stay"),
      });
      return !leave;
    },
  });
  return useCallback(() => {
    released.current = true;
  }, []);
}
