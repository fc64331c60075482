import { Drawer, Tabs } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useTabListRole } from "@/ui/tab-list-role";
import { useIsPhone } from "@/ui/use-media";
import { SharesPanel } from "./shares-panel";
import { ViewersPanel } from "./viewers-panel";
import { WhyPanel } from "./why-panel";
import "./access.css";

interface AccessDrawerProps {
  object: ObjectMeta;
  id: string;
  title: string;
  /** May ask about anybody's rights. */
  administrator: boolean;
  onClose: () => void;
}

/** Who may do what with one record: shares, viewers, and the reasons. */
export function AccessDrawer({ object, id, title, administrator, onClose }: AccessDrawerProps) {
  const { t } = useTranslation();
  const phone = useIsPhone();
  const root = useRef<HTMLDivElement>(null);
  useTabListRole(root);
  const mayShare = object.access.share;
  const items = [
    {
      key: "shares",
      label: t("rights.record.tabs.shares"),
      children: <SharesPanel object={object.name} id={id} mayShare={mayShare} />,
    },
    ...(mayShare || administrator
      ? [
          {
            key: "viewers",
            label: t("rights.record.tabs.viewers"),
            children: <ViewersPanel object={object.name} id={id} />,
          },
        ]
      : []),
    {
      key: "why",
      label: t("rights.record.tabs.why"),
      children: <WhyPanel object={object} id={id} anybody={administrator} />,
    },
  ];
  return (
    <Drawer
      open
      onClose={onClose}
      placement={phone ? "bottom" : "right"}
      size={phone ? "92%" : 520}
      title={`${t("rights.record.title")} · ${title}`}
    >
      <div ref={root}>
        <Tabs items={items} destroyOnHidden />
      </div>
    </Drawer>
  );
}
