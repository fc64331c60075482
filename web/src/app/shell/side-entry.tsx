import { Tooltip } from "antd";
import type { ReactNode } from "react";

/** A line of the navigation; collapsed, its name is in a tooltip. */
export function SideEntry({ collapsed, text, children }: { collapsed: boolean; text: string; children: ReactNode }) {
  return (
    <li>
      {collapsed ? (
        <Tooltip title={text} placement="right">
          {children}
        </Tooltip>
      ) : (
        children
      )}
    </li>
  );
}
