import {
  AimOutlined,
  ApartmentOutlined,
  AppstoreOutlined,
  BankOutlined,
  BookOutlined,
  CalendarOutlined,
  CarOutlined,
  CheckSquareOutlined,
  ClockCircleOutlined,
  CommentOutlined,
  ContactsOutlined,
  CustomerServiceOutlined,
  DatabaseOutlined,
  DollarOutlined,
  EnvironmentOutlined,
  FileOutlined,
  FileTextOutlined,
  FilterOutlined,
  FlagOutlined,
  FolderOutlined,
  FunnelPlotOutlined,
  GiftOutlined,
  HomeOutlined,
  IdcardOutlined,
  LinkOutlined,
  MailOutlined,
  NodeIndexOutlined,
  NotificationOutlined,
  PaperClipOutlined,
  PhoneOutlined,
  ProfileOutlined,
  RiseOutlined,
  RocketOutlined,
  SafetyOutlined,
  ScheduleOutlined,
  SettingOutlined,
  ShopOutlined,
  ShoppingOutlined,
  SolutionOutlined,
  StarOutlined,
  TagsOutlined,
  TeamOutlined,
  ToolOutlined,
  TrophyOutlined,
  UnorderedListOutlined,
  UserOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import { useAppearance } from "./appearance";
import { tagColors } from "./theme";

/** The icons an object may name in its definition; also what the settings page offers. */
export const objectIcons: Record<string, ComponentType> = {
  aim: AimOutlined,
  apartment: ApartmentOutlined,
  appstore: AppstoreOutlined,
  bank: BankOutlined,
  book: BookOutlined,
  calendar: CalendarOutlined,
  car: CarOutlined,
  "check-square": CheckSquareOutlined,
  "clock-circle": ClockCircleOutlined,
  comment: CommentOutlined,
  contacts: ContactsOutlined,
  "customer-service": CustomerServiceOutlined,
  database: DatabaseOutlined,
  dollar: DollarOutlined,
  environment: EnvironmentOutlined,
  file: FileOutlined,
  "file-text": FileTextOutlined,
  filter: FilterOutlined,
  flag: FlagOutlined,
  folder: FolderOutlined,
  "funnel-plot": FunnelPlotOutlined,
  gift: GiftOutlined,
  home: HomeOutlined,
  idcard: IdcardOutlined,
  link: LinkOutlined,
  mail: MailOutlined,
  "node-index": NodeIndexOutlined,
  notification: NotificationOutlined,
  "paper-clip": PaperClipOutlined,
  phone: PhoneOutlined,
  profile: ProfileOutlined,
  rise: RiseOutlined,
  rocket: RocketOutlined,
  safety: SafetyOutlined,
  schedule: ScheduleOutlined,
  setting: SettingOutlined,
  shop: ShopOutlined,
  shopping: ShoppingOutlined,
  solution: SolutionOutlined,
  star: StarOutlined,
  tags: TagsOutlined,
  team: TeamOutlined,
  tool: ToolOutlined,
  trophy: TrophyOutlined,
  "unordered-list": UnorderedListOutlined,
  user: UserOutlined,
};

/** The bare icon of an object; a neutral one where the definition names none we have. */
export function ObjectIcon({ icon }: { icon: string | null | undefined }) {
  const Icon = (icon && objectIcons[icon]) || AppstoreOutlined;
  return <Icon />;
}

/** The icon on a soft tile in the object's colour, for page headers and search results. */
export function ObjectTile({ icon, color, size = 32 }: { icon: string | null; color: string | null; size?: number }) {
  const { scheme } = useAppearance();
  return (
    <span
      className="gx-tile"
      aria-hidden
      style={{ ...tagColors(color ?? "teal", scheme), width: size, height: size, fontSize: size / 2 }}
    >
      <ObjectIcon icon={icon} />
    </span>
  );
}
