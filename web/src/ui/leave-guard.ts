import { useBlocker } from "@tanstack/react-router";
import { App } from "antd";
import type { useAppProps } from "antd/es/app/context";
import type { TFunction } from "i18next";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** What becomes of what was typed by whoever leaves: record forms keep it as a draft, others lose it. */
type Fate = "kept" | "lost";

/** Asks whether to leave what was typed; true leaves. */
export async function askToLeave(modal: useAppProps["modal"], t: TFunction, fate: Fate): Promise<boolean> {
  return await modal.confirm({
    title: t("form.leaveTitle"),
    content: t(fate === "kept" ? "form.leaveText" : "form.leaveLost"),
    okText: t("form.leave"),
    cancelText: t("form.stay"),
  });
}

/** The same for components. */
export function useAskToLeave(fate: Fate): () => Promise<boolean> {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  return useCallback(() => askToLeave(modal, t, fate), [modal, t, fate]);
}

/** Asks before a page with unsaved changes is left. Answers a function that lets the next leaving pass. */
export function useLeaveGuard(dirty: boolean, fate: Fate = "lost"): () => void {
  const ask = useAskToLeave(fate);
  const released = useRef(false);
  useBlocker({
    enableBeforeUnload: () => dirty && !released.current,
    shouldBlockFn: async ({ current, next }) => {
      if (!dirty || released.current || current.pathname === next.pathname) return false;
      return !(await ask());
    },
  });
  return useCallback(() => {
    released.current = true;
  }, []);
}

export interface CloseGuard {
  /** Something is typed that is not saved. */
  dirty: boolean;
  /** Closes, after asking where something would be lost. */
  close: () => void;
  /** Saved: the next leaving passes. */
  release: () => void;
}

/** For a form over a page: asks before it is closed, or the page left, with something typed in it. */
export function useCloseGuard(dirty: boolean, onClose: () => void): CloseGuard {
  const ask = useAskToLeave("lost");
  const release = useLeaveGuard(dirty);
  const close = async () => {
    if (!dirty || (await ask())) onClose();
  };
  return { dirty, close: () => void close(), release };
}

/** The same where all that is typed is one piece of data: unsaved while it differs from how it began, until it is sent. */
export function useDraftGuard(draft: unknown, onClose: () => void, sent = false): CloseGuard {
  const now = JSON.stringify(draft);
  const [start] = useState(now);
  return useCloseGuard(!sent && now !== start, onClose);
}
