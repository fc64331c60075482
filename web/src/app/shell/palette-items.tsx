import { GlobalOutlined, HomeOutlined, KeyOutlined, MoonOutlined, PlusOutlined, UserOutlined } from "@ant-design/icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { searchOptions } from "@/api/queries";
import type { Meta, SearchHit } from "@/api/types";
import { useNewRecord } from "@/engine/form/new-record";
import { findObject, useMeta } from "@/engine/meta";
import { useRecents } from "@/engine/recents";
import { useMe, useUpdateMe } from "@/engine/session";
import { useRested } from "@/fields/reference/candidates";
import { useLabel } from "@/i18n/i18n";
import { useAppearance } from "@/ui/appearance";
import { ObjectTile } from "@/ui/object-icon";
import { settingsLinks } from "./settings-links";

export interface PaletteItem {
  key: string;
  group: "records" | "recent" | "goTo" | "commands";
  icon: ReactNode;
  text: string;
  hint?: string;
  run: () => void;
}

function matches(text: string, query: string): boolean {
  return query === "" || text.toLowerCase().includes(query.toLowerCase());
}

function tile(meta: Meta, object: string): ReactNode {
  const found = findObject(meta, object);
  return <ObjectTile icon={found?.icon ?? null} color={found?.color ?? null} size={28} />;
}

/** Of one kind no more than this, so that a word many activities hold does not hide the customer it names. */
const OF_ONE_KIND = 5;

/** Customers, people and deals first, then what was logged about them: whoever searches means the former. */
export function bestHits(meta: Meta, hits: SearchHit[]): SearchHit[] {
  const isSubject = (hit: SearchHit) => (findObject(meta, hit.object)?.views.record.quick_log.length ?? 0) > 0;
  const counts = new Map<string, number>();
  const few = hits.filter((hit) => {
    const count = (counts.get(hit.object) ?? 0) + 1;
    counts.set(hit.object, count);
    return count <= OF_ONE_KIND;
  });
  return [...few.filter(isSubject), ...few.filter((hit) => !isSubject(hit))];
}

/** Records (from the server), lists and commands that match what was typed, best first. */
export function usePaletteItems(typed: string, onHelp: () => void): { items: PaletteItem[]; searching: boolean } {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const me = useMe();
  const update = useUpdateMe();
  const recents = useRecents();
  const navigate = useNavigate();
  const beginNew = useNewRecord();
  const { scheme } = useAppearance();
  const query = typed.trim();
  const rested = useRested(query, 120);
  const search = useQuery({ ...searchOptions(rested, undefined, 12), placeholderData: keepPreviousData });

  const open = (object: string, id: string) => () => void navigate({ to: "/r/$object/$id", params: { object, id } });
  const items: PaletteItem[] = [];
  if (query === "") {
    for (const recent of recents.slice(0, 6)) {
      items.push({
        key: `recent:${recent.id}`,
        group: "recent",
        icon: tile(meta, recent.object),
        text: recent.label,
        hint: label(findObject(meta, recent.object)?.label),
        run: open(recent.object, recent.id),
      });
    }
  } else {
    for (const hit of bestHits(meta, search.data?.items ?? [])) {
      const kind = label(findObject(meta, hit.object)?.label);
      items.push({
        key: `hit:${hit.id}`,
        group: "records",
        icon: tile(meta, hit.object),
        text: hit.label,
        hint: [kind, hit.subtitle].filter(Boolean).join(" · "),
        run: open(hit.object, hit.id),
      });
    }
  }
  const add = (item: PaletteItem) => {
    if (matches(`${item.text} ${item.key}`, query)) items.push(item);
  };
  add({
    key: "go:home",
    group: "goTo",
    icon: <HomeOutlined />,
    text: t("shell.home"),
    run: () => void navigate({ to: "/home" }),
  });
  const listed = new Set(meta.navigation.flatMap((group) => group.objects));
  const objects = meta.objects.filter((object) => listed.has(object.name));
  for (const object of objects) {
    add({
      key: `go:${object.name}`,
      group: "goTo",
      icon: tile(meta, object.name),
      text: label(object.plural),
      run: () => void navigate({ to: "/o/$object", params: { object: object.name } }),
    });
  }
  for (const object of objects.filter((candidate) => candidate.access.create)) {
    add({
      key: `new:${object.name}`,
      group: "commands",
      icon: <PlusOutlined />,
      text: t("shell.newRecord", { object: label(object.label) }),
      run: () => beginNew(object),
    });
  }
  for (const { to, icon, text } of settingsLinks(meta)) {
    add({ key: `go:${to}`, group: "goTo", icon, text: t(text), run: () => void navigate({ to }) });
  }
  add({
    key: "theme dark light",
    group: "commands",
    icon: <MoonOutlined />,
    text: t("shell.toggleTheme"),
    run: () => update.mutate({ theme: scheme === "dark" ? "light" : "dark" }),
  });
  add({
    key: "language",
    group: "commands",
    icon: <GlobalOutlined />,
    text: t("shell.switchLanguage"),
    run: () => update.mutate({ locale: me.locale === "en" ? "zh-CN" : "en" }),
  });
  add({
    key: "profile",
    group: "commands",
    icon: <UserOutlined />,
    text: t("shell.profile"),
    run: () => void navigate({ to: "/profile" }),
  });
  add({ key: "keyboard", group: "commands", icon: <KeyOutlined />, text: t("shell.keyboardHelp"), run: onHelp });
  return { items, searching: query !== "" && (search.isFetching || rested !== query) };
}
