import { useTranslation } from "react-i18next";
import { findObject, useMeta } from "@/engine/meta";
import { useRecents } from "@/engine/recents";
import { RecordLink } from "@/fields/record-link";
import { useLabel } from "@/i18n/i18n";
import { ObjectTile } from "@/ui/object-icon";
import { HomeCard } from "./home-card";

const SHOWN = 7;

/** The records opened last, of all objects or of some. */
export function RecentsCard({ objects }: { objects?: readonly string[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const recents = useRecents().filter(
    (recent) => findObject(meta, recent.object) && (!objects || objects.includes(recent.object)),
  );
  return (
    <HomeCard title={t("home.recents.title")} empty={recents.length === 0 ? t("home.recents.none") : null}>
      <ul className="gx-recents">
        {recents.slice(0, SHOWN).map((recent) => {
          const object = findObject(meta, recent.object);
          return (
            <li key={`${recent.object}:${recent.id}`}>
              <RecordLink object={recent.object} id={recent.id}>
                <ObjectTile icon={object?.icon ?? null} color={object?.color ?? null} size={26} />
                <span>{recent.label}</span>
                <small>{label(object?.label)}</small>
              </RecordLink>
            </li>
          );
        })}
      </ul>
    </HomeCard>
  );
}
