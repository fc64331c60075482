import {
  BarChartOutlined,
  BellOutlined,
  CloseOutlined,
  ControlOutlined,
  EditOutlined,
  EyeOutlined,
  GlobalOutlined,
  HistoryOutlined,
  LikeOutlined,
  MessageOutlined,
  PartitionOutlined,
  RetweetOutlined,
  StopOutlined,
  UndoOutlined,
  UserAddOutlined,
  UsergroupAddOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";

/** Icons that definitions name besides those of `object-icon-set.ts`; fetched where one is drawn, after the first screen. */
export const laterIcons: Record<string, ComponentType<{ className?: string }>> = {
  "bar-chart": BarChartOutlined,
  bell: BellOutlined,
  close: CloseOutlined,
  control: ControlOutlined,
  edit: EditOutlined,
  eye: EyeOutlined,
  global: GlobalOutlined,
  history: HistoryOutlined,
  like: LikeOutlined,
  message: MessageOutlined,
  partition: PartitionOutlined,
  retweet: RetweetOutlined,
  stop: StopOutlined,
  undo: UndoOutlined,
  "user-add": UserAddOutlined,
  "usergroup-add": UsergroupAddOutlined,
};
