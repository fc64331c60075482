import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Meta } from "@/api/types";
import { findField, findObject } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";

/** That the choices of a field are another's, and the way there. */
export function OptionsElsewhere({ meta, path }: { meta: Meta; path: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const [name = "", field = ""] = path.split(".");
  const object = findObject(meta, name);
  const where = [label(object?.label) || name, label((object ? findField(object, field) : null)?.label) || field];
  return (
    <p className="gx-muted">
      {t("settings.optionsElsewhere", { where: where.join(" · ") })}{" "}
      <Link to="/settings/objects/$object" params={{ object: name }}>
        {t("settings.optionsThere")}
      </Link>
    </p>
  );
}

/** Where else the choices of a field are offered: what is added here may have to be switched on there. */
export function OptionsShared({ meta, path }: { meta: Meta; path: string }) {
  const { t } = useTranslation();
  const label = useLabel();
  const sharing = meta.objects.flatMap((object) =>
    object.fields
      .filter((field) => field.options_of === path && !field.read_only)
      .map((field) => `${label(object.label)} · ${label(field.label)}`),
  );
  if (sharing.length === 0) return null;
  return <p className="gx-muted">{t("settings.optionsShared", { where: sharing.join(t("settings.listComma")) })}</p>;
}
