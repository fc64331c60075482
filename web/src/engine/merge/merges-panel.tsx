import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { mayMerge } from "@/api/may-merge";
import { type MergeEntry, mergesOptions } from "@/api/merge";
import type { ObjectMeta } from "@/api/types";
import { useFormats } from "@/i18n/formats";
import { useMe } from "../session";
import { useUndoMerge } from "./use-undo-merge";
import "./merges-panel.css";

interface MergesPanelProps {
  object: ObjectMeta;
  id: string;
  /** The record can be changed now: it is neither deleted nor locked. */
  editable: boolean;
}

/** The records that were merged into this one and still are, each to be taken out again. Nothing where there are none. */
export function MergesPanel({ object, id, editable }: MergesPanelProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { modal } = App.useApp();
  const me = useMe();
  const takeBack = useUndoMerge();
  const [busy, setBusy] = useState<string | null>(null);
  const merges = useQuery(mergesOptions(object.name, id)).data ?? [];
  if (merges.length === 0) return null;
  // As the server has it: who merged takes it back, and administrators.
  const mayTakeBack = (entry: MergeEntry) =>
    editable && mayMerge(object) && (entry.by?.id === me.user.id || me.user.roles.includes("administrator"));
  const name = (entry: MergeEntry) => entry.label || t("merging.unnamed");
  const ask = (entry: MergeEntry) =>
    modal.confirm({
      title: t("merging.unmergeTitle", { name: name(entry) }),
      content: t("merging.unmergeText"),
      okText: t("merging.unmerge"),
      onOk: async () => {
        setBusy(entry.change_id);
        await takeBack(entry.change_id, new Map(merges.map((one) => [one.id, name(one)])));
        setBusy(null);
      },
    });
  return (
    <section className="gx-merges" aria-labelledby="record-merges">
      <h2 id="record-merges">{t("merging.history")}</h2>
      <ul>
        {merges.map((entry) => (
          <li key={entry.id}>
            <span>
              <strong>{name(entry)}</strong>{" "}
              <span className="gx-muted" title={formats.dateTime(entry.at)}>
                {t("merging.historyEntry", {
                  name: entry.by?.label ?? t("record.system"),
                  at: formats.relative(entry.at),
                })}
              </span>
            </span>
            {mayTakeBack(entry) ? (
              <Button size="small" loading={busy === entry.change_id} onClick={() => ask(entry)}>
                {t("merging.unmerge")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
