import { useTranslation } from "react-i18next";
import type { PackChange } from "@/api/packs";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { useNames } from "../schema/plan-parts";
import { changeLines } from "./pack-changes";

const COLORS = { add: "green", change: "gold", remove: "red" } as const;

/** What comes, changes and goes with a pack, by what it is and where; the verb only where it says something. */
export function ChangeList({ changes, verbs }: { changes: PackChange[]; verbs?: boolean }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { objectName } = useNames();
  // An object that only comes with the pack has its name from the pack.
  const nameOf = (object: string) => {
    const own = changes.find((change) => change.part === "object" && change.name === object);
    return own ? label(own.label) : objectName(object);
  };
  return (
    <ul className="gx-pack-changes">
      {changeLines(changes).map(({ key, verb, part, object, changes: items }) => (
        <li key={key}>
          {verbs ? <ColorTag color={COLORS[verb]}>{t(`packs.verbs.${verb}`)}</ColorTag> : null}
          <span>
            <b>
              {object
                ? t(`packs.partsOf.${part as "field"}`, { object: nameOf(object) })
                : t(`packs.parts.${part as "object"}`)}
            </b>
            {t("packs.colon")}
            {items.map((item) => label(item.label)).join(t("packs.separator"))}
          </span>
        </li>
      ))}
    </ul>
  );
}
