import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/i18n/formats";
import { useErrorText } from "@/ui/error-text";
import { groupRefusals, type RefusedGroup } from "./refusals";
import type { Refusal } from "./run-over";

/** Names told at once for one reason; the others are asked for. */
const SHOWN = 10;

/** What was refused and why, reason by reason. */
export function RefusalList({ object, refused }: { object: string; refused: Refusal[] }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  return (
    <section className="gx-run-refused" aria-label={t("runs.reasons")}>
      <h3>{t("runs.reasons")}</h3>
      <ul>
        {groupRefusals(refused, errorText).map((group) => (
          <Reason key={group.message} object={object} group={group} />
        ))}
      </ul>
    </section>
  );
}

function Reason({ object, group }: { object: string; group: RefusedGroup }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  const { message, targets } = group;
  const shown = all ? targets : targets.slice(0, SHOWN);
  return (
    <li>
      <p>{targets.length > 1 ? t("runs.reasonOf", { n: formats.number(targets.length), reason: message }) : message}</p>
      <p className="gx-run-names">
        {shown.map(({ id, name }) => (
          // In a window of its own: what was refused is not to be lost by looking at it.
          <Link key={id} to="/r/$object/$id" params={{ object, id }} target="_blank" rel="noreferrer">
            {name}
          </Link>
        ))}
        {shown.length < targets.length ? (
          <Button type="link" size="small" onClick={() => setAll(true)}>
            {t("runs.showAll", { n: formats.number(targets.length) })}
          </Button>
        ) : null}
      </p>
    </li>
  );
}
