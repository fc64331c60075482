import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { listRecords, readRecord } from "@/api/records";
import { titleText } from "@/fields/reference/title";
import { asReference } from "@/fields/values";
import { allOf } from "../aggregate";
import { isKey } from "../filter/is-key";
import { findObject, useMeta } from "../meta";
import { stepsBehind } from "./next-step-hint";

const SECONDS = 8;

/** After something was done: asks for the next step of what it was about, where nobody has said what that is. */
export function useAskNextStep(): (object: string, id: string) => Promise<void> {
  const { t } = useTranslation();
  const meta = useMeta();
  const navigate = useNavigate();
  const { message } = App.useApp();
  return useCallback(
    async (name, id) => {
      const object = findObject(meta, name);
      const behind = object ? stepsBehind(meta, object) : [];
      if (behind.length === 0) return;
      const record = await readRecord(name, id, behind.map(({ field }) => field.name).join(","));
      for (const { field, target, missing } of behind) {
        const about = asReference(record[field.name]);
        // Its own page asks by itself.
        if (!about || window.location.pathname.endsWith(`/${about.id}`)) continue;
        const filter = allOf(isKey("id", about.id), missing);
        const { items } = await listRecords(target.name, { filter, fields: target.title_field, limit: 1 });
        const [found] = items;
        if (!found) continue;
        const key = `next-step-${about.id}`;
        const open = () => {
          message.destroy(key);
          void navigate({ to: "/r/$object/$id", params: { object: target.name, id: about.id } });
        };
        void message.open({
          key,
          type: "warning",
          duration: SECONDS,
          content: (
            <span>
              {t("record.nextStepAsk", { name: titleText(found[target.title_field]) })}
              <Button type="link" size="small" onClick={open}>
                {t("record.nextStepPlan")}
              </Button>
            </span>
          ),
        });
        return;
      }
    },
    [meta, navigate, message, t],
  );
}
