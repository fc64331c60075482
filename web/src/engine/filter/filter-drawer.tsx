import { Drawer } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** The filter on a phone: from below, in reach of a thumb. */
export function FilterDrawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Drawer open onClose={onClose} placement="bottom" size="80%" title={t("filter.title")}>
      {children}
    </Drawer>
  );
}
