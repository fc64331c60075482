import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectMeta } from "@/api/types";
import { FieldInput } from "@/fields/field-input";
import { asReference } from "@/fields/values";
import { findField } from "../meta";
import type { CalendarView } from "./use-calendar-view";

/** Whose records the calendar shows: one's own, everybody's in sight, or one person's. */
export function WhoseChoice({ object, view }: { object: ObjectMeta; view: CalendarView }) {
  const { t } = useTranslation();
  const owner = findField(object, "owner");
  const choice = typeof view.who === "string" ? view.who : "person";
  return (
    <>
      <Segmented
        value={choice}
        onChange={(value) => {
          if (value === "mine" || value === "all") view.setWho(value);
          else view.setWho({ id: "", label: "" });
        }}
        options={[
          { value: "mine", label: t("calendar.mine") },
          { value: "all", label: t("calendar.team") },
          ...(owner ? [{ value: "person", label: t("calendar.person") }] : []),
        ]}
        aria-label={t("calendar.whose")}
      />
      {owner && typeof view.who !== "string" ? (
        <div className="gx-calendar-person">
          <FieldInput
            field={{ ...owner, read_only: false, required: true }}
            value={view.who.id ? view.who : null}
            onChange={(value) => {
              const person = asReference(value);
              if (person) view.setWho({ id: person.id, label: person.label ?? "" });
            }}
          />
        </div>
      ) : null}
    </>
  );
}
