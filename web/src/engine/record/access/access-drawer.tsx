import { Tabs } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { useCloseGuard } from "@/ui/leave-guard";
import { SideDrawer } from "@/ui/side-drawer";
import { useTabListRole } from "@/ui/tab-list-role";
import { SharesPanel } from "./shares-panel";
import { ViewersPanel } from "./viewers-panel";
import { WhyPanel } from "./why-panel";
import "./access.css";

interface AccessDrawerProps {
  object: ObjectMeta;
  id: string;
  title: string;
  /** May ask about anybody's rights; others ask about themselves. */
  auditor: boolean;
  onClose: () => void;
}

/** Who may do what with one record: shares, viewers, and the reasons. */
export function AccessDrawer({ object, id, title, auditor, onClose }: AccessDrawerProps) {
  const { t } = useTranslation();
  const root = useRef<HTMLDivElement>(null);
  useTabListRole(root);
  const mayShare = object.access.share;
  const [dirty, setDirty] = useState(false);
  const { close } = useCloseGuard(dirty, onClose);
  const items = [
    ...(mayShare || auditor
      ? [
          {
            key: "shares",
            label: t("rights.record.tabs.shares"),
            // What is half chosen there outlives a look at the other tabs.
            destroyOnHidden: false,
            children: <SharesPanel object={object.name} id={id} mayShare={mayShare} onDirty={setDirty} />,
          },
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
      children: <WhyPanel object={object} id={id} anybody={auditor} />,
    },
  ];
  return (
    <SideDrawer
      size={520}
      onClose={close}
      title={`${t(mayShare || auditor ? "rights.record.title" : "rights.record.mine")} · ${title}`}
    >
      <div ref={root}>
        <Tabs items={items} destroyOnHidden />
      </div>
    </SideDrawer>
  );
}
