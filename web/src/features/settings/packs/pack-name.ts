import { useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";

/** What an installed pack is called: as it heads its objects in the navigation. */
export function usePackName(): (pack: string) => string {
  const { navigation } = useMeta();
  const label = useLabel();
  return (pack) => label(navigation.find((group) => group.app === pack)?.label) || pack;
}
