import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { ObjectSummary, Opening } from "@/api/held-rights";
import { findObject, useMeta } from "@/engine/meta";
import { useLabel } from "@/i18n/i18n";
import { ColorTag } from "@/ui/color-tag";
import { useIsPhone } from "@/ui/use-media";

type Flag = "create" | "import" | "export" | "bulk" | "share" | "assign" | "lock";

/** What somebody may do, object by object: which records he sees, changes and deletes, and what else. */
export function ObjectSummaryTable({ objects }: { objects: ObjectSummary[] }) {
  const { t } = useTranslation();
  const label = useLabel();
  const meta = useMeta();
  const phone = useIsPhone();
  const name = (summary: ObjectSummary) => label(findObject(meta, summary.object)?.label) || summary.object;
  const reach = (openings: Opening[]) =>
    openings.map((opening) => t(`held.openings.${opening}`)).join(t("held.comma")) || t("held.nothing");
  const also = (summary: ObjectSummary) =>
    summary.verbs.map((verb) => t(`rights.verbs.${verb as Flag}`)).join(t("held.comma"));
  const denied = (summary: ObjectSummary) =>
    summary.denies ? <ColorTag color="red">{t("held.denies")}</ColorTag> : null;
  if (phone) {
    return (
      <ul className="gx-access-list">
        {objects.map((summary) => (
          <li key={summary.object}>
            <div>
              <b>{name(summary)}</b> {denied(summary)}
              {(["read", "update", "delete"] as const).map((verb) => (
                <small key={verb} className="gx-muted">
                  {t(`rights.verbs.${verb}`)}: {reach(summary[verb])}
                </small>
              ))}
              {summary.verbs.length > 0 ? (
                <small className="gx-muted">
                  {t("held.also")}: {also(summary)}
                </small>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Table<ObjectSummary>
      rowKey="object"
      size="small"
      pagination={false}
      dataSource={objects}
      columns={[
        {
          title: t("held.object"),
          render: (_, summary) => (
            <>
              {name(summary)} {denied(summary)}
            </>
          ),
        },
        { title: t("rights.verbs.read"), render: (_, summary) => reach(summary.read) },
        { title: t("rights.verbs.update"), render: (_, summary) => reach(summary.update) },
        { title: t("rights.verbs.delete"), render: (_, summary) => reach(summary.delete) },
        { title: t("held.also"), render: (_, summary) => also(summary) || t("held.nothing") },
      ]}
    />
  );
}
