import {
  AppstoreOutlined,
  CalendarOutlined,
  CheckSquareOutlined,
  CopyOutlined,
  GlobalOutlined,
  HomeOutlined,
  ImportOutlined,
  KeyOutlined,
  LogoutOutlined,
  MoonOutlined,
  PlusOutlined,
  ProjectOutlined,
  TeamOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { hasDuplicates, mayMerge } from "@/api/may-merge";
import type { Meta, ObjectMeta } from "@/api/types";
import { useNewRecord } from "@/engine/form/new-record";
import { useMeta } from "@/engine/meta";
import { useMe, useSignOut, useUpdateMe } from "@/engine/session";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { ObjectIcon, ObjectTile } from "@/ui/object-icon";
import { areaPages } from "./area-pages";
import { openOutside, useOutsideLinks } from "./outside-links";
import type { PaletteItem } from "./palette-items";
import { settingsLinks, settingsLists } from "./settings-links";

export type Place = PaletteItem & {
  /** Found by whoever asks for it; it would make the first list long. */
  asked?: boolean;
};

/** The objects of the navigation, in the order of the metadata. */
function listedObjects(meta: Meta): ObjectMeta[] {
  const listed = new Set(meta.navigation.flatMap((group) => group.objects));
  return meta.objects.filter((object) => listed.has(object.name));
}

/** Lists, boards, calendars and settings, with what can be begun there. */
function usePages(): Place[] {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const navigate = useNavigate();
  const beginNew = useNewRecord();
  const outside = useOutsideLinks();
  const objects = listedObjects(meta);
  const list = (object: ObjectMeta): Place => ({
    key: `go:${object.name}`,
    group: "goTo",
    icon: <ObjectTile icon={object.icon} color={object.color} size={28} />,
    text: label(object.plural),
    run: () => void navigate({ to: "/o/$object", params: { object: object.name } }),
  });
  const otherWays = (object: ObjectMeta): Place[] => {
    const params = { object: object.name };
    const name = label(object.plural);
    const ways: (Place | null)[] = [
      object.views.board && {
        key: `board:${object.name}`,
        group: "goTo",
        icon: <ProjectOutlined />,
        text: t("shell.boardOf", { object: name }),
        asked: true,
        run: () => void navigate({ to: "/o/$object/board", params }),
      },
      object.views.calendar && {
        key: `calendar:${object.name}`,
        group: "goTo",
        icon: <CalendarOutlined />,
        text: t("shell.calendarOf", { object: name }),
        asked: true,
        run: () => void navigate({ to: "/o/$object/calendar", params }),
      },
      object.access.import
        ? {
            key: `import:${object.name}`,
            group: "commands",
            icon: <ImportOutlined />,
            text: t("shell.importInto", { object: name }),
            asked: true,
            run: () => void navigate({ to: "/import/$object", params }),
          }
        : null,
      hasDuplicates(object) && mayMerge(object)
        ? {
            key: `duplicates:${object.name}`,
            group: "commands",
            icon: <CopyOutlined />,
            text: t("shell.duplicatesOf", { object: name }),
            asked: true,
            run: () => void navigate({ to: "/duplicates/$object", params }),
          }
        : null,
    ];
    return ways.filter((way) => way !== null);
  };
  return [
    {
      key: "go:home",
      group: "goTo",
      icon: <HomeOutlined />,
      text: t("shell.home"),
      run: () => void navigate({ to: "/home" }),
    },
    {
      key: "go:my-work",
      group: "goTo",
      icon: <CheckSquareOutlined />,
      text: t("shell.myWork"),
      run: () => void navigate({ to: "/my-work" }),
    },
    ...objects.map(list),
    ...(meta.objects.some((object) => object.views.calendar?.people)
      ? [
          {
            key: "go:workload",
            group: "goTo" as const,
            icon: <TeamOutlined />,
            text: t("list.viewWorkload"),
            run: () => void navigate({ to: "/workload" }),
          },
        ]
      : []),
    ...meta.navigation
      .flatMap(({ app }) => areaPages(meta, app))
      .map(
        ({ to, icon, text }): Place => ({
          key: `go:${to}`,
          group: "goTo",
          icon: <ObjectIcon icon={icon} />,
          text: t(text),
          run: () => void navigate({ to }),
        }),
      ),
    ...outside.map(
      (link): Place => ({
        key: `outside:${link.id}`,
        group: "goTo",
        icon: <ObjectIcon icon={link.icon} />,
        text: link.name,
        hint: new URL(link.url).host,
        run: () => openOutside(link),
      }),
    ),
    ...meta.navigation.map(
      ({ app, label: area }): Place => ({
        key: `area:${app}`,
        group: "goTo",
        icon: <AppstoreOutlined />,
        text: t("shell.areaPage", { area: label(area) }),
        asked: true,
        run: () => void navigate({ to: "/area/$app", params: { app } }),
      }),
    ),
    ...objects.flatMap(otherWays),
    ...objects
      .filter((object) => object.access.create)
      .map(
        (object): Place => ({
          key: `new:${object.name}`,
          group: "commands",
          icon: <PlusOutlined />,
          text: t("shell.newRecord", { object: label(object.label) }),
          run: () => beginNew(object),
        }),
      ),
    ...settingsLists(meta).map(
      (object): Place => ({ ...list(object), icon: <ObjectIcon icon={object.icon} />, asked: true }),
    ),
    ...settingsLinks(meta).map(
      ({ to, icon, text }): Place => ({
        key: `go:${to}`,
        group: "goTo",
        icon,
        text: t(text),
        run: () => void navigate({ to }),
      }),
    ),
  ];
}

/** Everything the palette offers besides records. */
export function usePlaces(onHelp: () => void): Place[] {
  const { t } = useTranslation();
  const me = useMe();
  const update = useUpdateMe();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const { scheme } = useAppearance();
  return [
    ...usePages(),
    {
      key: "theme dark light",
      group: "commands",
      icon: <MoonOutlined />,
      text: t("shell.toggleTheme"),
      run: () => update.mutate({ theme: scheme === "dark" ? "light" : "dark" }),
    },
    {
      key: "language",
      group: "commands",
      icon: <GlobalOutlined />,
      text: t("shell.switchLanguage"),
      run: () => update.mutate({ locale: me.locale === "en" ? "zh-CN" : "en" }),
    },
    {
      key: "profile",
      group: "commands",
      icon: <UserOutlined />,
      text: t("shell.profile"),
      run: () => void navigate({ to: "/profile" }),
    },
    { key: "keyboard", group: "commands", icon: <KeyOutlined />, text: t("shell.keyboardHelp"), run: onHelp },
    {
      key: "sign out log logout",
      group: "commands",
      icon: <LogoutOutlined />,
      text: t("shell.signOut"),
      run: () => void signOut(),
    },
  ];
}
