import { Drawer, type DrawerProps } from "antd";
import { useIsPhone } from "./use-media";

/** Something beside the page it belongs to; on a phone it comes from below and leaves a strip of the page in sight. */
export function SideDrawer({ size = 560, ...props }: DrawerProps) {
  const phone = useIsPhone();
  return <Drawer open placement={phone ? "bottom" : "right"} size={phone ? "92%" : size} {...props} />;
}
