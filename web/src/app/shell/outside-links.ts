import type { Locale, Meta, RecordData } from "@/api/types";
import { useMeta } from "@/engine/meta";
import { useRecordList } from "@/engine/records";
import { useLocale } from "@/i18n/i18n";

/** A link to another system, as an administrator declared it. */
export interface OutsideLink {
  id: string;
  name: string;
  url: string;
  icon: string;
  newTab: boolean;
}

export const LINK_OBJECT = "navigation_link";

/** Those for the caller's own roles: an administrator may read all, and is not led to all. */
const MINE = {
  filter: "active && (roles == null || roles.containsAny(me.roles))",
  sort: "position",
  fields: "name,name_en,url,icon,new_tab",
  limit: 50,
} as const;

/** A record as a link; null where its address is not one that is followed. */
export function readLink(record: RecordData, locale: Locale): OutsideLink | null {
  const { id, name, name_en: english, url, icon, new_tab: newTab } = record as Record<string, unknown> & { id: string };
  if (typeof url !== "string" || !URL.canParse(url) || new URL(url).protocol !== "https:") return null;
  const called = locale === "en" && typeof english === "string" && english ? english : name;
  return {
    id,
    name: typeof called === "string" && called ? called : new URL(url).host,
    url,
    icon: typeof icon === "string" ? icon.replaceAll("_", "-") : "link",
    newTab: newTab !== false,
  };
}

/** Whether this company has such links at all, for the caller. */
export const mayHaveLinks = (meta: Meta): boolean => meta.objects.some(({ name }) => name === LINK_OBJECT);

/** The links to other systems for the caller, in their order. */
export function useOutsideLinks(): OutsideLink[] {
  const locale = useLocale();
  const { data } = useRecordList(LINK_OBJECT, MINE, { enabled: mayHaveLinks(useMeta()) });
  const records = data?.pages[0]?.items ?? [];
  return records.map((record) => readLink(record, locale)).filter((link) => link !== null);
}

/** Follows a link as it asks for; the other system learns nothing of where one came from. */
export function openOutside({ url, newTab }: OutsideLink): void {
  if (newTab) window.open(url, "_blank", "noopener,noreferrer");
  else window.location.assign(url);
}
